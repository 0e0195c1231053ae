"""Nodes on which pods run: choice, tolerations, neighbours, runtime class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kubeapis import k8s
from kubestrata.constructs.network import Pods
from kubestrata.constructs.scaling import Availability, affinity
from kubestrata.constructs.scaling.availability import Strength
from kubestrata.constructs.scaling.placement import NODE, ZONE
from kubestrata.core.declaration import Declaration
from kubestrata.core.names import check_label, check_labels, check_subdomain


class Toleration(Declaration, kw_only=True):
    """A taint that does not keep the pods from a node; without `value` any value of the key.

    Without `effect`, every effect; `seconds` is how long pods stay after a NoExecute taint appears.
    """

    key: Annotated[str, Meta(min_length=1)] | None
    value: str | None = None
    effect: Literal["NoExecute", "NoSchedule", "PreferNoSchedule"] | None = None
    seconds: Annotated[int, Meta(ge=0)] | None = None

    @classmethod
    def everything(cls) -> Toleration:
        """Return a toleration of all taints, such as for agents of nodes."""
        return cls(key=None)

    def __post_init__(self) -> None:
        """Reject what the API server refuses."""
        super().__post_init__()
        if self.key is None and self.value is not None:
            raise self.refuse("value", "is set without a key", "set key")
        if self.seconds is not None and self.effect != "NoExecute":
            fix = "set effect='NoExecute'"
            raise self.refuse("seconds", "belongs to the effect NoExecute", fix)
        check_labels("a toleration", {self.key: self.value or ""} if self.key else {})


class Neighbour(Declaration, kw_only=True):
    """Other pods on the same node or in the same zone; use one of the factories below."""

    namespace: str
    labels: Annotated[Mapping[str, str], Meta(min_length=1)]
    topology: Literal["node", "zone"] = "node"
    strength: Strength = "preferred"

    @classmethod
    def on_node(cls, pods: Pods, strength: Strength = "preferred") -> Neighbour:
        """Return the node of other pods: `cache.pods`."""
        return cls(namespace=pods.namespace, labels=pods.labels, strength=strength)

    @classmethod
    def in_zone(cls, pods: Pods, strength: Strength = "preferred") -> Neighbour:
        """Return the zone of other pods."""
        return cls(namespace=pods.namespace, labels=pods.labels, topology="zone", strength=strength)

    def __post_init__(self) -> None:
        """Reject invalid labels."""
        super().__post_init__()
        check_label("namespace", self.namespace)
        check_labels("a pod", self.labels)


class Scheduling(Declaration, kw_only=True):
    """Requirements for the nodes of pods, beside the spread of `Availability`.

    `nodes` are labels that a node must have, `one_of` labels with several possible values,
    `preferred` labels that are better. Pods run `near` others, or `apart` from them.
    """

    nodes: Mapping[str, str] = {}
    one_of: Mapping[str, Sequence[str]] = {}
    preferred: Mapping[str, Sequence[str]] = {}
    tolerations: Sequence[Toleration] = ()
    near: Sequence[Neighbour] = ()
    apart: Sequence[Neighbour] = ()
    priority: str | None = None
    runtime_class: str | None = None

    def __post_init__(self) -> None:
        """Reject invalid labels and names."""
        super().__post_init__()
        check_labels("a node", self.nodes)
        for field, labels in (("one_of", self.one_of), ("preferred", self.preferred)):
            for key, values in labels.items():
                if not values:
                    raise self.refuse(field, f"{key!r} has no value", "name one")
                for value in values:
                    check_labels("a node", {key: value})
        for what, name in (("priority class", self.priority), ("class", self.runtime_class)):
            if name is not None:
                check_subdomain(what, name)


def tolerations(scheduling: Scheduling) -> list[k8s.Toleration] | None:
    """Return the tolerations of a pod."""
    return [
        k8s.Toleration(
            key=each.key,
            operator="Exists" if each.value is None else "Equal",
            value=each.value,
            effect=each.effect,
            toleration_seconds=each.seconds,
        )
        for each in scheduling.tolerations
    ] or None


def node_affinity(scheduling: Scheduling) -> k8s.Affinity | None:
    """Return the affinity to nodes, for templates of pods in custom resources."""
    nodes = _nodes(None, scheduling)
    return None if nodes is None else k8s.Affinity(node_affinity=nodes)


def pod_affinity(
    availability: Availability, scheduling: Scheduling, labels: Mapping[str, str]
) -> k8s.Affinity | None:
    """Return the affinity of pods with `labels` to nodes and to other pods."""
    base = affinity(availability, labels)
    nodes = _nodes(base.node_affinity if base else None, scheduling)
    near = _near(scheduling.near)
    apart = _apart(base.pod_anti_affinity if base else None, scheduling.apart)
    if nodes is None and near is None and apart is None:
        return None
    return k8s.Affinity(node_affinity=nodes, pod_affinity=near, pod_anti_affinity=apart)


def _expressions(labels: Mapping[str, Sequence[str]]) -> list[k8s.NodeSelectorRequirement]:
    return [
        k8s.NodeSelectorRequirement(key=key, operator="In", values=values)
        for key, values in labels.items()
    ]


def _nodes(base: k8s.NodeAffinity | None, scheduling: Scheduling) -> k8s.NodeAffinity | None:
    required = base.required_during_scheduling_ignored_during_execution if base else None
    expressions = [
        each
        for term in (required.node_selector_terms if required else ())
        for each in term.match_expressions or ()
    ]
    expressions += _expressions(scheduling.one_of)
    preferred = [
        k8s.PreferredSchedulingTerm(
            weight=100, preference=k8s.NodeSelectorTerm(match_expressions=[each])
        )
        for each in _expressions(scheduling.preferred)
    ]
    if not expressions and not preferred:
        return None
    terms = [k8s.NodeSelectorTerm(match_expressions=expressions)]
    return k8s.NodeAffinity(
        required_during_scheduling_ignored_during_execution=k8s.NodeSelector(
            node_selector_terms=terms
        )
        if expressions
        else None,
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )


def _term(other: Neighbour) -> k8s.PodAffinityTerm:
    return k8s.PodAffinityTerm(
        topology_key=NODE if other.topology == "node" else ZONE,
        label_selector=k8s.LabelSelector(match_labels=other.labels),
        namespaces=[other.namespace],
    )


def _terms(
    others: Sequence[Neighbour],
) -> tuple[list[k8s.PodAffinityTerm], list[k8s.WeightedPodAffinityTerm]]:
    required = [_term(each) for each in others if each.strength == "required"]
    preferred = [
        k8s.WeightedPodAffinityTerm(weight=100, pod_affinity_term=_term(each))
        for each in others
        if each.strength == "preferred"
    ]
    return required, preferred


def _near(others: Sequence[Neighbour]) -> k8s.PodAffinity | None:
    required, preferred = _terms(others)
    if not required and not preferred:
        return None
    return k8s.PodAffinity(
        required_during_scheduling_ignored_during_execution=required or None,
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )


def _apart(
    base: k8s.PodAntiAffinity | None, others: Sequence[Neighbour]
) -> k8s.PodAntiAffinity | None:
    required, preferred = _terms(others)
    if base is not None:
        required += base.required_during_scheduling_ignored_during_execution or ()
        preferred += base.preferred_during_scheduling_ignored_during_execution or ()
    if not required and not preferred:
        return None
    return k8s.PodAntiAffinity(
        required_during_scheduling_ignored_during_execution=required or None,
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )
