"""Fields that cannot be changed once an object exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kubestrata.core.field_change import FieldChange
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.list_key import canonical
from kubestrata.rules.api_group import API_EXTENSIONS, RBAC
from kubestrata.rules.workload.quantity import quantity

_UNKNOWN: Final = object()
_NESTED_DEFAULTS = {"volumeMode": "Filesystem", "apiVersion": "v1", "kind": "PersistentVolumeClaim"}
_CONTENT = ("data", "binaryData", "stringData", "immutable")


class Refused(NamedTuple):
    """A change that is rejected: the field, the message, and the value to keep."""

    path: str
    message: str
    kept: str = "it as it is"


class Immutable(Frozen):
    """A field, and the value that the server takes where it is absent (None: it stays absent)."""

    path: str
    default: Any = None


_BY_KIND: Mapping[tuple[str, str], tuple[Immutable, ...]] = {
    ("", "PersistentVolumeClaim"): (
        Immutable("spec.accessModes"),
        Immutable("spec.volumeMode", "Filesystem"),
        Immutable("spec.storageClassName", _UNKNOWN),
        Immutable("spec.volumeName", _UNKNOWN),
        Immutable("spec.selector"),
        Immutable("spec.dataSource"),
        Immutable("spec.dataSourceRef"),
    ),
    ("", "PersistentVolume"): (Immutable("spec.volumeMode", "Filesystem"),),
    ("", "Secret"): (Immutable("type", "Opaque"),),
    ("apps", "StatefulSet"): (
        Immutable("spec.volumeClaimTemplates"),
        Immutable("spec.selector"),
        Immutable("spec.serviceName", ""),
        Immutable("spec.podManagementPolicy", "OrderedReady"),
    ),
    ("apps", "Deployment"): (Immutable("spec.selector"),),
    ("apps", "DaemonSet"): (Immutable("spec.selector"),),
    ("batch", "Job"): (
        Immutable("spec.template"),
        Immutable("spec.selector", _UNKNOWN),
        Immutable("spec.completionMode", "NonIndexed"),
    ),
    (RBAC, "RoleBinding"): (Immutable("roleRef"),),
    (RBAC, "ClusterRoleBinding"): (Immutable("roleRef"),),
    ("storage.k8s.io", "StorageClass"): (
        Immutable("provisioner"),
        Immutable("parameters"),
        Immutable("reclaimPolicy", "Delete"),
        Immutable("volumeBindingMode", "Immediate"),
    ),
    ("scheduling.k8s.io", "PriorityClass"): (Immutable("value"),),
    (API_EXTENSIONS, "CustomResourceDefinition"): (
        Immutable("spec.scope"),
        Immutable("spec.names.kind"),
        Immutable("spec.names.plural"),
    ),
}
_CUSTOM = ("", "")
_HIDDEN = frozenset({("", "Secret"), ("", "ConfigMap"), ("batch", "Job")})
"""Kinds whose values may be secret."""


def immutable_changes(
    identity: Identity, before: Mapping[str, Any], changes: list[FieldChange]
) -> Iterator[Refused]:
    """Yield the changes of immutable fields; without the values of kinds that may hold secrets."""
    kind = (identity.group, identity.kind)
    fields = _BY_KIND.get(kind, ())
    if before.get("immutable") is True and kind in _HIDDEN:
        fields = (*fields, *(Immutable(path) for path in _CONTENT))
    for change in changes:
        field = next((each for each in fields if _is_in(change.path, each.path)), None)
        if field is not None and not _is_same(change, field):
            text = f"{_shown(change, kind)}; the field is immutable"
            shows = kind not in _HIDDEN and isinstance(change.before, str | int)
            yield Refused(change.path, text, *([str(change.before)] if shows else []))


def defined_changes(fields: Mapping[str, str], changes: list[FieldChange]) -> Iterator[Refused]:
    """Yield the changes of fields that a definition declares immutable, with its message.

    The server compares where both objects have the field: it may be added, and removed.
    """
    for change in changes:
        for path, message in fields.items():
            has_both = change.path != path or change.verb not in ("added", "removed")
            if has_both and _is_in(change.path, path):
                kept = change.before if isinstance(change.before, str | int) else None
                text = f"{_shown(change, _CUSTOM)}; {message}"
                yield Refused(change.path, text, *([str(kept)] if kept is not None else []))
                break


def _is_in(path: str, field: str) -> bool:
    return path == field or path.startswith((f"{field}.", f"{field}["))


def _is_same(change: FieldChange, field: Immutable) -> bool:
    """Return True if both sides may be the same to the server."""
    if change.verb == "changed":
        sides = quantity(change.before), quantity(change.after)
        return ".resources." in change.path and sides[0] is not None and sides[0] == sides[1]
    if change.verb == "reordered":
        return False
    value = change.before if change.verb == "removed" else change.after
    name = change.path.rpartition(".")[2]
    if change.path != field.path:
        return name in _NESTED_DEFAULTS and value == _NESTED_DEFAULTS[name]
    if field.default is _UNKNOWN:
        return change.verb == "added"
    return canonical(value) == canonical(field.default)


def _shown(change: FieldChange, kind: tuple[str, str]) -> str:
    one, other = change.before, change.after
    if kind in _HIDDEN or isinstance(one, dict | list) or isinstance(other, dict | list):
        return f"is {change.verb}"
    if change.verb == "changed":
        return f"changes from {one!r} to {other!r}"
    return f"is {change.verb}: {one if change.verb == 'removed' else other!r}"
