"""The order of API versions."""

from __future__ import annotations

import re

_LEVELS = {None: 3, "beta": 2, "alpha": 1}


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Order versions as Kubernetes does: v2 > v1 > v2beta1 > v1beta2 > v1alpha1 > others."""
    found = re.match(r"v(\d{1,9})(?:(alpha|beta)(\d{1,9}))?\Z", version)
    if found is None:
        return (0, 0, 0, version)
    return (_LEVELS[found[2]], int(found[1]), int(found[3] or 0), version)
