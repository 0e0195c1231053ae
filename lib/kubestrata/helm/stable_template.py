"""Templates whose output is not the same each time: which they are, and what replaces them.

`now` and `uuidv4` become constants before rendering, because two renderings of one second would
not differ; what `keys` and `values` return is sorted, because Go's maps have a random order. Keys,
certificates and random text are found by rendering again (`normalise`).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping

from kubestrata.core.json_value import Manifest

_ACTION = re.compile(rb"\{\{-?\s*/\*.*?\*/\s*-?\}\}|\{\{.*?\}\}", re.DOTALL)
_TOKEN = re.compile(
    rb'"(?:\\.|[^"\\\n])*"|`[^`]*`|/\*.*?\*/|[()|]|-?\}\}|(?<![\w.$:-])[A-Za-z]\w*(?![\w.:-])',
    re.DOTALL,
)
_QUOTED = re.compile(rb'"(?:\\.|[^"\\\n])*"|`[^`]*`|/\*.*?\*/', re.DOTALL)
_CONSTANTS = {
    b"now": b'(toDate "2006-01-02T15:04:05Z07:00" "2000-01-01T00:00:00Z")',
    b"uuidv4": b'"00000000-0000-4000-8000-000000000000"',
    b"lookup": b'fromJson (include "kubestrata.lookup" (list',
    b"values": b'fromJsonArray (include "kubestrata.values" (list',
}
_KEYS, _SORT, _INCLUDED = b"keys", b" | sortAlpha", (b"lookup", b"values")
_REPLACED = re.compile(rb"\b(?:now|uuidv4|keys|lookup|values)\b")
_KEY = re.compile(rb"\.data\.(\w+)|\.data\s+\"([^\"]+)\"")
_WORD = re.compile(rb'"([A-Za-z][\w.-]{0,99})"')
_DUMMY = base64.b64encode(b"value-of-a-secret").decode()
_VALUES = """\
{{- define "kubestrata.values" -}}
{{- $all := list -}}
{{- range $one := . -}}
{{- range $key := keys $one | sortAlpha -}}{{- $all = append $all (get $one $key) -}}{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}
"""
LOOKUP_FILE = "templates/_kubestrata-lookup.tpl"
_RANDOM = re.compile(
    rb"(?<![\w.$-])(?:gen(?:CA|Signed|SelfSigned|PrivateKey)|rand[A-Z]|shuffle\b|htpasswd\b|bcrypt\b"
    rb"|encryptAES\b|ago\b|now\b|uuidv4\b)"
)
_UNORDERED = re.compile(rb"(?<![\w.$\"-])values(?=[\s)|}])")
_ONE_ORDER = re.compile(rb"\b(?:sortAlpha|has|len)\b")
_COMMENT = re.compile(rb"^[ \t]*#.*$", re.MULTILINE)
_TEXTS = (".yaml", ".yml", ".tpl", ".txt", ".json")
_TWICE, _UNTIL_ORDER_DIFFERS = 2, 4


def is_template(path: str) -> bool:
    """Return True for a template of a chart or of a sub-chart."""
    parts = path.split("/")
    while len(parts) > 2 and parts[0] == "charts":
        parts = parts[2:]
    return parts[0] == "templates" and len(parts) > 1


def with_constants(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with stable functions in their templates; lines keep their numbers."""
    return {
        path: _ACTION.sub(_stable, data) if is_template(path) and _REPLACED.search(data) else data
        for path, data in files.items()
    }


def lookup_template(
    objects: Mapping[str, Manifest], files: Mapping[str, bytes], values: bytes
) -> bytes:
    """Return the template that answers `lookup`, by version, kind, namespace and name.

    As for a cluster that lacks it, an object that is not known is an empty map. A Secret without
    data has keys that are not known: it gets all that the templates or the values name.
    """
    texts = [data for path, data in files.items() if is_template(path)]
    named = {key for data in texts for pair in _KEY.findall(data) for key in pair if key}
    named |= set(_WORD.findall(values))
    every = {key.decode(): _DUMMY for key in sorted(named)}
    known = {
        key: json.dumps(each if "data" in each else {**each, "data": every})
        for key, each in objects.items()
    }
    text = json.dumps(known).replace("`", "\\u0060")
    return f"""{{{{- define "kubestrata.lookup" -}}}}
{{{{- $key := printf "%v %v %v %v" (index . 0) (index . 1) (index . 2) (index . 3) -}}}}
{{{{- get (fromJson `{text}`) $key | default "{{}}" -}}}}
{{{{- end -}}}}
{_VALUES}""".encode()


def _stable(action: re.Match[bytes]) -> bytes:
    """Return an action with constants, sorted keys and values, and `lookup` by a template."""
    text, made, at = action[0], bytearray(), 0
    unsorted: list[int] = []
    included: list[int] = []
    depth = 0
    for token in _TOKEN.finditer(text):
        found = token[0]
        is_end = found in (b")", b"|") or found.endswith(b"}}")
        made += text[at : token.start()]
        at = token.end()
        while is_end and included and included[-1] == depth:
            included.pop()
            made = made.rstrip() + b")) "
        while is_end and unsorted and unsorted[-1] == depth:
            unsorted.pop()
            made = made.rstrip() + _SORT + b" "
        depth += (found == b"(") - (found == b")")
        if found == _KEYS:
            unsorted.append(depth)
        if found in _INCLUDED:
            included.append(depth)
        made += _CONSTANTS.get(found, found)
    return bytes(made + text[at:])


def renderings_of(files: Mapping[str, bytes], values: bytes) -> int:
    """Return how often to render: once unless functions are used whose results differ.

    `files` are those of `with_constants`, `values` the text of a release's values, which may be
    templates as well. What `values` returns has a random order, which two renderings may share.
    """
    texts = [values, *(_code(path, data) for path, data in files.items() if path.endswith(_TEXTS))]
    found = 1
    for text in texts:
        if found < _UNTIL_ORDER_DIFFERS and (_RANDOM.search(text) or _UNORDERED.search(text)):
            found = max(found, *(_renderings(action) for action in _ACTION.findall(text)), 1)
    return found


def _code(path: str, data: bytes) -> bytes:
    """Return a text without the comments of YAML, which name templates without being any."""
    is_plain = path.endswith((".yaml", ".yml")) and not is_template(path)
    return _COMMENT.sub(b"", data) if is_plain else data


def _renderings(action: bytes) -> int:
    action = _QUOTED.sub(b"", action)
    if _UNORDERED.search(action) and not _ONE_ORDER.search(action):
        return _UNTIL_ORDER_DIFFERS
    return _TWICE if _RANDOM.search(action) else 1
