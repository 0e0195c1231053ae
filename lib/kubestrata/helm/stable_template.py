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
from typing import TypeAlias

from kubestrata.core.json_value import Manifest

_TEXT = rb'"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])*\''
"""Text, raw text and a character as Go's templates have them: no action ends in one."""
_COMMENT_ACTION = rb"\{\{(?:-\s)?/\*.*?\*/\s*-?\}\}"
_ACTION = re.compile(
    _COMMENT_ACTION + rb"|\{\{(?=((?:" + _TEXT + rb"|[^\"`'}]+|\}(?!\}))*))\1\}\}",
    re.DOTALL,
)
"""The lookahead keeps its first match; a possessive quantifier fails before Python 3.11.5."""
_ANY_ACTION = re.compile(_COMMENT_ACTION + rb"|\{\{.*?\}\}", re.DOTALL)
"""An action in a text that may be quoted again, as in values."""
_TOKEN = re.compile(
    _TEXT + rb"|[()|]|-?\}\}|(?<![\w.$:-])(?:now(?![\w:-])|[A-Za-z]\w*(?![\w.:-]))", re.DOTALL
)
_QUOTED = re.compile(_TEXT + rb"|/\*.*?\*/", re.DOTALL)
UUID = "00000000-0000-4000-8000-000000000000"
"""The result of `uuidv4`."""
_CONSTANTS = {
    b"now": b'(toDate "2006-01-02T15:04:05Z07:00" "2000-01-01T00:00:00Z")',
    b"uuidv4": f'"{UUID}"'.encode(),
}
_Commands: TypeAlias = Mapping[bytes, tuple[bytes, bytes]]
_COMMANDS: _Commands = {
    b"keys": (b"keys", b" | sortAlpha"),
    b"lookup": (b"list", b' | include "kubestrata.lookup" | fromJson'),
    b"values": (
        b"list $kubestrata",
        b' | include "kubestrata.values" | list $kubestrata.all | first',
    ),
}
"""The replacement of a function, and the commands that follow its arguments."""
_CERTIFICATE_OF = (b"list", b' | include "kubestrata.certificate" | fromJson')
_CERTIFICATES: _Commands = {
    b"genCA": _CERTIFICATE_OF,
    b"genSelfSignedCert": _CERTIFICATE_OF,
    b"genSignedCert": _CERTIFICATE_OF,
}
_GENERATED = re.compile(rb"\bgen(?:CA|SelfSignedCert|SignedCert)\b")
_READ_AGAIN = re.compile(rb"\b(?:buildCustomCert|gen\w+WithKey)\b")
"""Functions that take a certificate or a key, and would refuse a constant."""
_ELSE = re.compile(rb"\{\{(?:-\s)?\s*else\b")
_REPLACED = re.compile(rb"\b(?:now|uuidv4|keys|lookup|values)\b")
_KEY = re.compile(rb"\.data\.(\w+)|\.data\s+\"([^\"]+)\"")
_WORD = re.compile(rb'"([A-Za-z][\w.-]{0,99})"')
_DUMMY = base64.b64encode(b"value-of-a-secret").decode()
_VALUES = """\
{{- define "kubestrata.values" -}}
{{- if ne (len .) 2 -}}{{- fail "values takes one argument" -}}{{- end -}}
{{- $map := last . -}}{{- $all := list -}}
{{- range $key := keys $map | sortAlpha -}}{{- $all = append $all (get $map $key) -}}{{- end -}}
{{- $_ := set (first .) "all" $all -}}
{{- end -}}
"""
"""Puts the values into the map before the arguments: the result of a template is only text."""
_CERTIFICATE = json.dumps(
    {
        "Cert": "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n",
        "Key": "-----BEGIN RSA PRIVATE KEY-----\nMA==\n-----END RSA PRIVATE KEY-----\n",
    }
)
"""In the form of those that the engine generates, each of which takes a tenth of a second."""
LOOKUP_FILE = "templates/_kubestrata-lookup.tpl"
_RANDOM = re.compile(
    rb"(?<![\w.$-])(?:gen(?:CA|Signed|SelfSigned|PrivateKey)|rand[A-Z]|shuffle\b|htpasswd\b|bcrypt\b"
    rb"|encryptAES\b|ago\b|now\b|uuidv4\b)"
)
_UNORDERED = re.compile(rb"(?<![\w.$\"-])values(?=[\s)|}])")
_WORDS = b"ago bcrypt encryptAES gen htpasswd now rand shuffle uuidv4 values".split()
_MENTIONS = [(word, re.compile(word + rb"(?<![\w.$-]" + word + rb")")) for word in _WORDS]
"""All that `_RANDOM` and `_UNORDERED` find begins so; patterns that begin with a word are fast."""
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
    return _replaced(files, _REPLACED, _COMMANDS)


def with_constant_certificates(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the files without generated certificates, for a rendering to compare another with.

    They are the files themselves if nothing is replaced.
    """
    texts = [data for path, data in files.items() if is_template(path)]
    if not any(map(_GENERATED.search, texts)) or any(map(_READ_AGAIN.search, texts)):
        return files
    return _replaced(files, _GENERATED, _CERTIFICATES)


def _replaced(
    files: Mapping[str, bytes], found: re.Pattern[bytes], commands: _Commands
) -> dict[str, bytes]:
    def stable(action: re.Match[bytes]) -> bytes:
        return _stable(action, found, commands)

    return {
        path: _ACTION.sub(stable, data) if is_template(path) and found.search(data) else data
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
{{{{- define "kubestrata.certificate" -}}}}{_CERTIFICATE}{{{{- end -}}}}
{_VALUES}""".encode()


def _stable(action: re.Match[bytes], replaced: re.Pattern[bytes], commands: _Commands) -> bytes:
    """Return an action with constants, sorted keys and values, and `lookup` by a template."""
    text, made, at = action[0], bytearray(), 0
    if not replaced.search(text) or re.match(_COMMENT_ACTION, text, re.DOTALL):
        return text
    # No action may be before an `else`; `values` is found by `renderings_of` there.
    kept = b"values" if _ELSE.match(text) else None
    ends: list[tuple[int, bytes]] = []
    depth, has_values = 0, False
    for token in _TOKEN.finditer(text):
        found = token[0]
        made += text[at : token.start()]
        at = token.end()
        if found in (b")", b"|") or found.endswith(b"}}"):
            while ends and ends[-1][0] == depth:
                written = len(made.rstrip())
                made[written:written] = ends.pop()[1]
        depth += (found == b"(") - (found == b")")
        if found in commands and found != kept:
            has_values |= found == b"values"
            found, end = commands[found]
            ends.append((depth, end))
        made += _CONSTANTS.get(found, found)
    trim = b"- " if re.match(rb"\{\{-\s", text) else b""
    before = b"{{" + trim + b"$kubestrata := dict }}" if has_values else b""
    return bytes(before + made + text[at:])


def renderings_of(files: Mapping[str, bytes], values: bytes) -> int:
    """Return how often to render: once unless functions are used whose results differ.

    `files` are those of `with_constants`, `values` the text of a release's values, which may be
    templates as well. What `values` returns has a random order, which two renderings may share.
    """
    texts = [(_ANY_ACTION, values)]
    for path, data in files.items():
        if path.endswith(_TEXTS):
            texts.append((_ACTION if is_template(path) else _ANY_ACTION, _code(path, data)))
    found = 1
    for actions, text in texts:
        if b"{{" not in text or found == _UNTIL_ORDER_DIFFERS:
            continue
        if any(word in text and each.search(text) for word, each in _MENTIONS):
            found = max(found, *(_renderings(each[0]) for each in actions.finditer(text)), 1)
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
