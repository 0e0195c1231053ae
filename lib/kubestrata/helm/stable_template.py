"""Templates whose output is not the same each time: which they are, and what stands in for them.

`now` and `uuidv4` are replaced by constants before rendering: two renderings of one second would
not differ. Keys, certificates and random text are found by rendering again (`normalise`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ACTION = re.compile(rb"\{\{.*?\}\}", re.DOTALL)
_TOKEN = re.compile(
    rb'"(?:\\.|[^"\\\n])*"|`[^`]*`|/\*.*?\*/|(?<![\w.$:-])(?:now|uuidv4)(?![\w.:-])', re.DOTALL
)
_CONSTANTS = {
    b"now": b'(toDate "2006-01-02T15:04:05Z07:00" "2000-01-01T00:00:00Z")',
    b"uuidv4": b'"00000000-0000-4000-8000-000000000000"',
}
_RANDOM = re.compile(
    rb"\b(?:gen(?:CA|Signed|SelfSigned|PrivateKey)|rand[A-Z]|shuffle|htpasswd|bcrypt|encryptAES|ago\b"
    rb"|now\b|uuidv4\b)"
)
_UNORDERED = re.compile(rb"(?<![\w.$\"-])(?:keys|values)(?=[\s)|}])")
_SORTED = re.compile(rb"\b(?:sortAlpha|has|len)\b")
_TEXTS = (".yaml", ".yml", ".tpl", ".txt", ".json")
_TWICE, _UNTIL_ORDER_DIFFERS = 2, 4


def is_template(path: str) -> bool:
    """Return True for a template of a chart or of a sub-chart."""
    parts = path.split("/")
    while len(parts) > 2 and parts[0] == "charts":
        parts = parts[2:]
    return parts[0] == "templates" and len(parts) > 1


def with_constants(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with `now` and `uuidv4` replaced in their templates; lines stay."""
    return {
        path: _ACTION.sub(_replaced, data) if is_template(path) and _has_constant(data) else data
        for path, data in files.items()
    }


def _has_constant(data: bytes) -> bool:
    return any(name in data for name in _CONSTANTS)


def _replaced(action: re.Match[bytes]) -> bytes:
    return _TOKEN.sub(lambda token: _CONSTANTS.get(token[0], token[0]), action[0])


def renderings_of(files: Mapping[str, bytes], values: bytes) -> int:
    """Return how often to render: once unless functions are used whose results differ.

    `files` are those of `with_constants`, `values` the text of a release's values, which may be
    templates as well. Go's maps have a random order, which two renderings may share by chance.
    """
    texts = [data for path, data in files.items() if path.endswith(_TEXTS)]
    templates = (data for path, data in files.items() if is_template(path))
    if any(map(_is_unordered, templates)):
        return _UNTIL_ORDER_DIFFERS
    return _TWICE if any(map(_RANDOM.search, (*texts, values))) else 1


def _is_unordered(template: bytes) -> bool:
    return any(
        _UNORDERED.search(action) and not _SORTED.search(action)
        for action in _ACTION.findall(template)
    )
