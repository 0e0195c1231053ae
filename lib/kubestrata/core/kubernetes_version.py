"""Check of the Kubernetes version of a cluster."""

from __future__ import annotations

import re

from kubestrata.core.errors import InvalidValue
from kubestrata.knowledge import kubernetes_history

_VERSION = re.compile(r"v?1\.([0-9]+)(\.[0-9]+)?([-+].+)?\Z")


def check_kubernetes(cluster: str, version: object, *, where: object = None) -> None:
    """Raise InvalidValue for a version that is unknown here, or not written as `1.35`."""
    known = kubernetes_history()
    span = f"1.{known.oldest} to 1.{known.newest}"
    what = f"Kubernetes {version!r} of cluster {cluster}"
    if not isinstance(version, str):
        why = f"is a {type(version).__name__}, where text is expected: 1.30 would be read as 1.3"
        is_number = isinstance(version, int | float)
        fix = f"write kubernetes='{version}'" if is_number else f"write one of {span}"
        raise InvalidValue(what, why, fix, where=where)
    found = _VERSION.match(version)
    if found is None:
        why = "is not a version: must be a minor version such as '1.35'"
        raise InvalidValue(what, why, f"write one of {span}", where=where)
    minor = int(found[1])
    if not known.knows(minor):
        nearest = min(max(minor, known.oldest), known.newest)
        why = f"is not a known version: must be {span}"
        fix = f"write '1.{nearest}', or upgrade kubestrata"
        raise InvalidValue(what, why, fix, where=where)
