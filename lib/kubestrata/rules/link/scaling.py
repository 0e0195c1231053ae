"""The number of a workload's pods, and the object that sets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import Autoscaler
from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.subject import ClusterTree, Subject


def scale_targets(tree: ClusterTree, group: str, kind: str) -> Iterator[ReferenceUse]:
    """Yield the references of autoscalers of one kind to their targets."""
    for reference in references(tree, "R09"):
        if (reference.group, reference.kind) == (group, kind):
            yield from reference.uses(tree)


def several_scalers(tree: ClusterTree) -> Mapping[Identity, Sequence[Subject]]:
    """Return the autoscalers of each workload that has some, those of charts first."""
    return tree.once(_several)


def _several(tree: ClusterTree) -> Mapping[Identity, Sequence[Subject]]:
    found: dict[Identity, list[Subject]] = {}
    # Those of Kubernetes itself come first: their groups have no dot.
    for kind in sorted(tree.knowledge.autoscalers, key=lambda one: "." in one[0]):
        for use in scale_targets(tree, *kind):
            scalers_here = found.setdefault(use.identity, [])
            if all(each.identity != use.subject.identity for each in scalers_here):
                scalers_here.append(use.subject)
    return {
        target: sorted(several, key=lambda one: one.chart is None)
        for target, several in found.items()
    }


def _scalers(tree: ClusterTree) -> Mapping[Identity, Subject]:
    return {target: first for target, (first, *_) in several_scalers(tree).items()}


def scalers(tree: ClusterTree) -> Mapping[Identity, Subject]:
    """Return the autoscaler of each workload that has one."""
    return tree.once(_scalers)


def autoscaler_of(tree: ClusterTree, scaler: Subject) -> Autoscaler:
    """Return the fields of an autoscaler."""
    return tree.knowledge.autoscalers[scaler.identity.group, scaler.identity.kind]


def least_replicas(tree: ClusterTree, scaler: Subject) -> int | None:
    """Return the minimum of an autoscaler; None if it is not a number."""
    fact = autoscaler_of(tree, scaler)
    number = scaler.spec.get(fact.least, fact.default)
    return number if isinstance(number, int) else None


def replicas(tree: ClusterTree, workload: Subject) -> int | None:
    """Return the minimum replicas of a Deployment or StatefulSet; None if not known."""
    scaler = scalers(tree).get(workload.identity)
    if scaler is not None:
        return least_replicas(tree, scaler)
    number = workload.spec.get("replicas", 1)
    return number if isinstance(number, int) else None


def is_applied_once(subject: Subject) -> bool:
    """Return True if Flux does not update an existing object."""
    notes = subject.annotations
    return (
        notes.get(f"{KUSTOMIZE}/ssa") in ("Ignore", "IfNotPresent")
        or notes.get(f"{KUSTOMIZE}/reconcile") == "disabled"
    )


def scaled_resources(scaler: Subject) -> frozenset[str]:
    """Return the resources that an autoscaler measures: cpu, memory."""
    metrics: Sequence[object] = sequence(scaler.spec.get("metrics"))
    found: set[str] = set()
    for each in metrics:
        metric = mapping(each)
        for field in ("resource", "containerResource"):
            found.add(str(mapping(metric.get(field)).get("name", "")))
    for each in sequence(scaler.spec.get("triggers")):
        found.add(str(mapping(each).get("type", "")))
    if not metrics and scaler.identity.group == "autoscaling":
        found.add("cpu")
    return frozenset(found) & {"cpu", "memory"}


def scaled_workloads(tree: ClusterTree) -> Iterator[tuple[Subject, Subject]]:
    """Yield the workloads that are applied repeatedly, and the autoscaler of each."""
    for identity, scaler in scalers(tree).items():
        workload = tree.by_identity.get(identity)
        if workload is not None and not is_applied_once(workload):
            yield workload, scaler
