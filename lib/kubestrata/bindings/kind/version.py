"""Versions of custom kinds, and the order of API versions."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject

_LEVELS = {None: 3, "beta": 2, "alpha": 1}


class CustomVersion(Frozen):
    """One version of a custom kind and its OpenAPI schema."""

    name: str
    served: bool
    storage: bool
    schema: JsonObject
    source: str


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Order versions as Kubernetes does: v2 > v1 > v2beta1 > v1beta2 > v1alpha1 > others."""
    found = re.match(r"v(\d{1,9})(?:(alpha|beta)(\d{1,9}))?\Z", version)
    if found is None:
        return (0, 0, 0, version)
    return (_LEVELS[found[2]], int(found[1]), int(found[3] or 0), version)


def default_version(versions: Iterable[CustomVersion]) -> str:
    """Return the storage version if it is served, else the highest served one, else the highest."""
    best = max(
        versions,
        key=lambda version: (version.served, version.storage, version_rank(version.name)),
    )
    return best.name
