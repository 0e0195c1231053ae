"""What autoscalers name: an object of this cluster, with the API version that it was made with."""

from __future__ import annotations

from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidReference
from kubestrata.core.json_value import mapping
from kubestrata.core.reference import Reference


def api_version(target: Reference) -> str:
    """The `apiVersion` of `target`; v1 of its group where a chart made it."""
    if target.resource is not None and target.resource.identity == target.identity:
        return str(target.resource.body["apiVersion"])
    return f"{target.group}/v1" if target.group else "v1"


_SCALABLE = {
    ("", "ReplicationController"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
}
_BUILT_IN = ("", "apps", "batch", "policy")


def require_scalable(target: Reference) -> None:
    """Raise InvalidReference for a built-in kind without replicas; custom kinds may have them."""
    require("target of an autoscaler", target, Reference, fix="pass deployment.ref")
    if target.group in _BUILT_IN and (target.group, target.kind) not in _SCALABLE:
        why = f"is a {target.kind}, which has no replicas"
        raise InvalidReference(str(target), why, "pass the workload's own ref")


def refuse_fixed_replicas(target: Reference) -> None:
    """Raise InvalidReference where `target` states a number that an autoscaler would change."""
    made = target.resource
    if made is None or made.identity != target.identity:
        return
    replicas = mapping(made.body.get("spec")).get("replicas")
    if replicas is not None:
        why = f"has replicas {replicas}, set at {made.origin}: each reconciliation would fight"
        raise InvalidReference(str(target), why, "leave replicas out there")
