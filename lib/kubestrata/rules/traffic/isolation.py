"""Network policies by the pods that they select, and their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import NETWORKING
from kubestrata.rules.selector import LabelIndex, selector_keys, without_keys
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.cilium import CILIUM, CILIUM_POLICIES, cilium_selector, specs_of
from kubestrata.rules.workload.pod import Pod, pod_index, pods_of

_READ = {
    (NETWORKING, "NetworkPolicy"),
    *((CILIUM, each) for each in CILIUM_POLICIES),
}
"""Supported policies: if there are others, isolation is unknown."""


class PolicyRule(Frozen):
    """A rule, with its policy."""

    policy: Identity
    body: Mapping[str, Any]

    @property
    def group(self) -> str:
        """The API group of the policy."""
        return self.policy.group

    @property
    def namespace(self) -> str:
        """The namespace of the policy, '' if it is cluster-wide."""
        return self.policy.namespace


@dataclass(slots=True, eq=False)
class Part:
    """The policies of one selector that deny a direction by default, and their rules.

    `admitted` and `allowed` are allow rules for ingress and egress; `refused` and `forbidden` are
    the deny rules of Cilium for the same.
    """

    denying_ingress: list[Identity] = field(default_factory=list[Identity])
    denying_egress: list[Identity] = field(default_factory=list[Identity])
    admitted: list[PolicyRule] = field(default_factory=list[PolicyRule])
    allowed: list[PolicyRule] = field(default_factory=list[PolicyRule])
    refused: list[PolicyRule] = field(default_factory=list[PolicyRule])
    forbidden: list[PolicyRule] = field(default_factory=list[PolicyRule])


@dataclass(slots=True, eq=False)
class Isolation:
    """All policies that select a pod; pods of equal labels share the parts."""

    parts: list[Part] = field(default_factory=list[Part])

    @property
    def ingress(self) -> bool:
        """Return True if a policy denies ingress by default."""
        return any(each.denying_ingress for each in self.parts)

    @property
    def egress(self) -> bool:
        """Return True if a policy denies egress by default."""
        return any(each.denying_egress for each in self.parts)

    @property
    def admitted(self) -> Iterator[PolicyRule]:
        """Yield the rules that allow ingress."""
        return (rule for part in self.parts for rule in part.admitted)

    @property
    def allowed(self) -> Iterator[PolicyRule]:
        """Yield the rules that allow egress."""
        return (rule for part in self.parts for rule in part.allowed)


def _rules(policy: Subject, spec: Mapping[str, Any], direction: str) -> list[PolicyRule]:
    return [PolicyRule(policy.identity, mapping(each)) for each in sequence(spec.get(direction))]


def _denies(spec: Mapping[str, Any], direction: str) -> bool:
    said = mapping(spec.get("enableDefaultDeny")).get(direction)
    # An empty list has no effect (source: Cilium's default of enableDefaultDeny).
    has_rules = bool(spec.get(direction) or spec.get(f"{direction}Deny"))
    return has_rules and said is not False


class _Builder:
    def __init__(
        self,
        index: LabelIndex[Pod],
        namespaces: Sequence[str],
        run_time: tuple[str, ...],
        of_operators: tuple[str, ...],
    ) -> None:
        self.index, self.namespaces = index, namespaces
        self.run_time, self.of_operators = run_time, of_operators
        self.parts: dict[int, tuple[Sequence[Pod], Part]] = {}
        self.unknown: set[Pod] = set()

    def found(self) -> Mapping[Pod, Isolation]:
        found: dict[Pod, Isolation] = {}
        for pods, part in self.parts.values():
            for pod in pods:
                if pod not in self.unknown:
                    found.setdefault(pod, Isolation()).parts.append(part)
        return found

    def _part(self, namespace: str, selector: Mapping[str, Any]) -> Part:
        pods = self.index.selected(namespace, selector)
        keys = selector_keys(selector)
        if any(each.startswith(self.run_time) for each in keys):
            perhaps = set(self.index.selected(namespace, without_keys(selector, self.run_time)))
            if any(each.startswith(self.of_operators) for each in keys):
                # Operators give their labels to pods of their own, not to those of a Deployment.
                perhaps = {each for each in perhaps if not _is_builtin(each)}
            self.unknown.update(perhaps - set(pods))
        return self.parts.setdefault(id(pods), (pods, Part()))[1]

    def network_policy(self, policy: Subject) -> None:
        spec = policy.spec
        admitted, allowed = _rules(policy, spec, "ingress"), _rules(policy, spec, "egress")
        types = sequence(spec.get("policyTypes")) or ("Ingress", *(("Egress",) if allowed else ()))
        part = self._part(policy.namespace, mapping(spec.get("podSelector")))
        part.denying_ingress += [policy.identity] if "Ingress" in types else []
        part.denying_egress += [policy.identity] if "Egress" in types else []
        part.admitted += admitted
        part.allowed += allowed

    def cilium(self, policy: Subject) -> None:
        for _, spec in specs_of(policy):
            if "endpointSelector" not in spec:
                continue  # a policy for nodes
            namespace, selector = cilium_selector(mapping(spec.get("endpointSelector")))
            if policy.namespace:
                namespaces: Sequence[str] = (policy.namespace,)
            else:
                namespaces = (namespace,) if namespace else self.namespaces
            admitted, allowed = _rules(policy, spec, "ingress"), _rules(policy, spec, "egress")
            ingress = [policy.identity] if _denies(spec, "ingress") else []
            egress = [policy.identity] if _denies(spec, "egress") else []
            for part in (self._part(each, selector) for each in namespaces):
                part.denying_ingress += ingress
                part.denying_egress += egress
                part.admitted += admitted
                part.allowed += allowed
                part.refused += _rules(policy, spec, "ingressDeny")
                part.forbidden += _rules(policy, spec, "egressDeny")


def _is_builtin(pod: Pod) -> bool:
    return pod.workload.identity.group in ("", "apps", "batch")


def _isolation(tree: ClusterTree) -> Mapping[Pod, Isolation] | None:
    policies = tree.knowledge.kinds_with(lambda fact: fact.network_policy)
    if any(each not in _READ and tree.of_kind(*each) for each in policies):
        return None
    namespaces = list(dict.fromkeys(pod.namespace for pod in pods_of(tree)))
    known = tree.knowledge
    labels = known.run_time_labels, known.operator_labels
    builder = _Builder(pod_index(tree), namespaces, *labels)
    for policy in tree.of_kind(NETWORKING, "NetworkPolicy"):
        builder.network_policy(policy)
    for policy in tree.of_kind(CILIUM, *CILIUM_POLICIES):
        builder.cilium(policy)
    return builder.found()


def isolation_of(tree: ClusterTree) -> Mapping[Pod, Isolation] | None:
    """Return the isolation of each selected pod; None if there are unsupported policies.

    A pod that a policy may select by a label that it gets at run time is left out.
    """
    return tree.once(_isolation)
