"""Sizes of volumes and databases, which can grow but not shrink."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from kubestrata.core.field_change import FieldChange
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.knowledge import KindName, knowledge
from kubestrata.rules.server.immutable import Refused
from kubestrata.rules.workload.quantity import quantity

_CLAIM = re.compile(r"(?:.*\.)?resources\.requests\.storage")
_PERSISTENCE = re.compile(r"spec\.values\.(?:.*\.)?(?:persistence|persistentVolume)\.size")
_OF_CLAIM = "a PersistentVolumeClaim cannot shrink"
_STORAGE = re.compile(r"spec\.(?:.*\.)?storage(?:\.size)?")


@cache
def _growing() -> Mapping[tuple[str, str], Sequence[tuple[re.Pattern[str], str]]]:
    """Return the sizes that the controllers of some kinds do not reduce, and why."""
    found: dict[tuple[str, str], list[tuple[re.Pattern[str], str]]] = {}
    for fact in knowledge().sizes:
        patterns = (re.escape(at).replace(r"\[\]", r"\[[^]]+\]") for at in fact.at)
        pattern = re.compile("|".join(patterns))
        for kind in fact.of:
            found.setdefault(KindName.parse(kind), []).append((pattern, fact.why))
    return found


def size_changes(
    identity: Identity,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    changes: list[FieldChange],
    composites: frozenset[tuple[str, str]],
) -> Iterator[Refused]:
    """Yield the changes to a smaller size; `composites` are kinds that Crossplane serves."""
    is_composite = (identity.group, identity.kind) in composites
    for change in changes:
        if change.verb == "removed" and _is_wal(identity, change.path):
            text = "is removed; CloudNativePG keeps a WAL volume for the life of a cluster"
            yield Refused(change.path, text)
        one, other = quantity(change.before), quantity(change.after)
        if one is None or other is None or other >= one:
            continue
        why = _why(identity, change.path, before, after)
        if is_composite and _STORAGE.fullmatch(change.path):
            why = "the volumes created by its composition cannot shrink"
        if why:
            text = f"shrinks from {change.before} to {change.after}; {why}"
            yield Refused(change.path, text, str(change.before))


def _why(identity: Identity, path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return why the field of a path cannot shrink, '' if it is not a known size."""
    for pattern, why in _growing().get((identity.group, identity.kind), ()):
        if pattern.fullmatch(path):
            return why
    if _CLAIM.fullmatch(path) and ".ephemeral." not in path:
        return _OF_CLAIM
    if identity.kind == "HelmRelease" and _PERSISTENCE.fullmatch(path):
        both = (_persists(each, path) for each in (before, after))
        return _OF_CLAIM if all(both) else ""
    return ""


def _persists(manifest: Mapping[str, Any], path: str) -> bool:
    """Return True if the values beside a size configure a volume."""
    found: Any = manifest
    for key in path.split(".")[:-1]:
        found = mapping(found).get(key)
    return mapping(found).get("enabled") is True


def _is_wal(identity: Identity, path: str) -> bool:
    is_cluster = (identity.group, identity.kind) == ("postgresql.cnpg.io", "Cluster")
    return is_cluster and path == "spec.walStorage"
