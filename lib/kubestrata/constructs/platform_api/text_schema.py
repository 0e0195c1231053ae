"""What an API server can judge of our text values; the values themselves judge the rest."""

from __future__ import annotations

from typing import Any

from kubestrata.core.value.host import Host
from kubestrata.core.value.image import Image
from kubestrata.core.value.port import Port
from kubestrata.core.value.text import Text

_PINNED = {
    "rule": "self.matches('@sha256:|:[^/:]+$') && !self.endsWith(':latest')",
    "message": "an image has a tag other than latest, or a digest",
}
# Beside the pattern that a value's type states.
_MORE: dict[type, dict[str, Any]] = {
    Host: {"maxLength": 253},
    Image: {"maxLength": 512, "x-kubernetes-validations": [_PINNED]},
}


def text_schema(kind: type) -> dict[str, Any]:
    """The schema of a value type; raises NotImplementedError for any other type."""
    if issubclass(kind, Port):
        return {"type": "integer", "minimum": 1, "maximum": 65535}
    if not issubclass(kind, Text):
        raise NotImplementedError
    pattern = {"pattern": f"^({kind.PATTERN})$"} if kind.PATTERN else {}
    return {"type": "string", **pattern, **_MORE.get(kind, {})}
