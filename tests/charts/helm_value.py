"""Comparison of a release's values with the default values of its chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

HELM_VALUES = Path(__file__).parents[3] / "shared" / "schemas" / "helm-values"


def unlisted(values: dict[str, Any], defaults: dict[str, Any], path: str = "") -> set[str]:
    """Return keys that the defaults do not list; an empty default allows any key."""
    found: set[str] = set()
    for key, value in values.items():
        if key not in defaults:
            found.add(path + key)
        elif isinstance(value, dict) and isinstance(defaults[key], dict) and defaults[key]:
            found |= unlisted(cast("dict[str, Any]", value), defaults[key], f"{path}{key}.")
    return found
