"""Targets of autoscalers: objects of this cluster, each with at most one autoscaler."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from kubestrata.constructs.scaling.scaling import ReplicaScaling, VerticalScaling
from kubestrata.core.argument import require
from kubestrata.core.errors import DuplicateObject, InvalidReference
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.core.origin import Origin, caller
from kubestrata.core.reference import OwningCluster, Reference


def api_version(target: Reference) -> str:
    """Return the `apiVersion` of `target`; v1 of its group if a chart creates it."""
    if target.resource is not None and target.resource.identity == target.identity:
        return str(target.resource.body["apiVersion"])
    return f"{target.group}/v1" if target.group else "v1"


_SCALABLE = {
    ("", "ReplicationController"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
}
# Source: the controllers that the recommender of VerticalPodAutoscalers reads.
_SIZABLE = _SCALABLE | {("apps", "DaemonSet"), ("batch", "CronJob")}
_BUILT_IN = ("", "apps", "batch", "policy")


_OWN = "pass the workload's own ref"
_FIXES = {
    "CronJob": "set parallel= where pods should run at once",
    "DaemonSet": "remove it: one pod runs on each node; VerticalScaling sizes them",
    "Job": "set parallel= where pods should run at once",
}


def require_scalable(target: Reference) -> None:
    """Raise InvalidReference for a built-in kind without replicas; custom kinds are accepted."""
    require("target of an autoscaler", target, Reference, fix="pass deployment.ref")
    if target.group in _BUILT_IN and (target.group, target.kind) not in _SCALABLE:
        why = f"is a {target.kind}, which has no replicas"
        raise InvalidReference(str(target), why, _FIXES.get(target.kind, _OWN))


def require_sizable(target: Reference) -> None:
    """Raise InvalidReference for a built-in kind whose pods cannot be sized."""
    require("target of an autoscaler", target, Reference, fix="pass deployment.ref")
    if target.group in _BUILT_IN and (target.group, target.kind) not in _SIZABLE:
        why = f"is a {target.kind}, whose pods a VerticalPodAutoscaler does not size"
        raise InvalidReference(str(target), why, _OWN)


def refuse_fixed_replicas(target: Reference) -> None:
    """Raise InvalidReference if `target` sets a number of replicas, which would conflict."""
    made = target.resource
    if made is None or made.identity != target.identity:
        return
    replicas = mapping(made.body.get("spec")).get("replicas")
    if replicas is not None:
        why = f"has replicas {replicas}, set at {made.origin}: each reconciliation resets them"
        raise InvalidReference(str(target), why, "leave replicas unset there")


@dataclass(slots=True)
class _Target:
    horizontal: tuple[ReplicaScaling, Origin] | None = None
    vertical: tuple[VerticalScaling, Origin] | None = None


_targets: WeakKeyDictionary[OwningCluster, dict[Identity, _Target]] = WeakKeyDictionary()


def scale_horizontally(target: Reference, scaling: ReplicaScaling) -> None:
    """Register an autoscaler of replicas.

    Raises DuplicateObject if the target has one already, InvalidValue if one of requests uses the
    same resource.
    """
    known = _of(target)
    _refuse_second(target, known.horizontal)
    if known.vertical is not None:
        known.vertical[0].check_beside(scaling)
    known.horizontal = (scaling, caller())


def scale_vertically(target: Reference, scaling: VerticalScaling) -> None:
    """Register an autoscaler of requests; raises as `scale_horizontally` does."""
    known = _of(target)
    _refuse_second(target, known.vertical)
    if known.horizontal is not None:
        scaling.check_beside(known.horizontal[0])
    known.vertical = (scaling, caller())


def _of(target: Reference) -> _Target:
    found = _targets.setdefault(target.component.cluster, {})
    return found.setdefault(target.identity, _Target())


def _refuse_second(target: Reference, first: tuple[object, Origin] | None) -> None:
    if first is not None:
        why = f"exists already, created at {first[1]}: they would conflict"
        raise DuplicateObject(f"autoscaler of {target}", why, "keep one of the two")
