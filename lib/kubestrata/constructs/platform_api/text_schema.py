"""What an API server can judge of our text values; the values themselves judge the rest."""

from __future__ import annotations

from typing import Any

from kubestrata.core.value.cron import Cron
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.host import Host
from kubestrata.core.value.image import Image
from kubestrata.core.value.port import Port
from kubestrata.core.value.quantity import Quantity
from kubestrata.core.value.text import Text

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_CRON_FIELD = "[0-9A-Za-z*?,/-]+"
_SCHEMAS: dict[type, dict[str, Any]] = {
    Cron: {
        "type": "string",
        "pattern": f"^({'|'.join(Cron.MACROS)}|{_CRON_FIELD}( +{_CRON_FIELD}){{4}})$",
    },
    Duration: {"type": "string", "pattern": f"^{Duration.PATTERN}$"},
    Host: {"type": "string", "pattern": rf"^([*]\.)?{_LABEL}(\.{_LABEL})*$", "maxLength": 253},
    Image: {
        "type": "string",
        "maxLength": 512,
        "pattern": f"^{Image.PATTERN}$",
        "x-kubernetes-validations": [
            {
                "rule": "self.matches('@sha256:|:[^/:]+$') && !self.endsWith(':latest')",
                "message": "an image has a tag other than latest, or a digest",
            }
        ],
    },
    Port: {"type": "integer", "minimum": 1, "maximum": 65535},
    Quantity: {"type": "string", "pattern": f"^{Quantity.PATTERN}$"},
}


def text_schema(kind: type) -> dict[str, Any]:
    """The schema of a value type (msgspec's `schema_hook`); raises NotImplementedError."""
    for known, schema in _SCHEMAS.items():
        if issubclass(kind, known):
            return dict(schema)
    pattern = getattr(kind, "PATTERN", None)
    if issubclass(kind, Text) and pattern is not None:
        return {"type": "string", "pattern": f"^{pattern}$"}
    raise NotImplementedError
