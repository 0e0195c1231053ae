"""The decision of network policies about one connection, and the policies behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import mapping_at
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.admission import admits, allows, on_port
from kubestrata.rules.traffic.cilium import CILIUM
from kubestrata.rules.traffic.flow import DeclaredFlow, FlowPort
from kubestrata.rules.traffic.isolation import Isolation, PolicyRule, isolation_of
from kubestrata.rules.workload.pod import Pod

_OUTSIDE = re.compile(r"(?:to|from)(?:CIDR|CIDRSet|FQDNs|Groups|Nodes)\Z")
"""Peers of Cilium that are never pods."""
_PEER = re.compile(r"(?:to|from)(?!Ports\Z)[A-Z]\w*\Z")
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_SHOWN = 3

Direction: TypeAlias = Literal["egress", "ingress"]
_Matches: TypeAlias = Callable[[ClusterTree, PolicyRule, DeclaredFlow], bool]


class Decision(Frozen):
    """The result for one side of a connection, and the policies that decide it."""

    direction: Direction
    pod: Pod
    is_open: bool
    why: str
    policies: Sequence[Identity] = ()

    def __str__(self) -> str:
        names = ", ".join(map(str, self.policies[:_SHOWN]))
        more = len(self.policies) - _SHOWN
        text = f"{self.direction} of {self.pod.workload.identity}: {self.why} {names}".rstrip()
        return f"{text} and {more} more" if more > 0 else text


class UndecidedTraffic(LookupError):
    """Policies or pods whose effect on traffic cannot be evaluated."""


def decide(tree: ClusterTree, flow: DeclaredFlow) -> list[Decision]:
    """Return the decisions about the sender's egress and the receiver's ingress.

    Raises UndecidedTraffic for policies of another project, and a receiver on the node's network.
    """
    if flow.sender is None:
        return [_side(tree, flow.to, flow, "ingress")]
    egress = _side(tree, flow.sender, flow, "egress")
    if flow.to.spec.get("hostNetwork") is True:
        what = (
            f"{flow.to.workload.identity} is on the node's network, which no pod selector selects"
        )
        raise UndecidedTraffic(what)
    return [egress, _side(tree, flow.to, flow, "ingress")]


def decide_outside(tree: ClusterTree, sender: Pod, host: str, port: FlowPort) -> Decision:
    """Return the decision about a connection to a DNS name outside of the cluster."""
    found = _isolation(tree, sender)
    if found is None or not found.egress:
        return _undenied(sender, "egress")
    rules = [rule for rule in found.allowed if on_port(rule, port) and _to_host(rule, host)]
    return _result(sender, "egress", found, rules)


def _side(tree: ClusterTree, pod: Pod, flow: DeclaredFlow, direction: Direction) -> Decision:
    found = _isolation(tree, pod)
    if found is None:
        return _undenied(pod, direction)
    matches: _Matches = allows if direction == "egress" else admits
    parts = found.parts
    refusing = (
        rule
        for part in parts
        for rule in (part.forbidden if direction == "egress" else part.refused)
    )
    refused = _matching(matches, tree, refusing, flow)
    if refused:
        return Decision(direction, pod, is_open=False, why="refused by", policies=_names(refused))
    if not (found.egress if direction == "egress" else found.ingress):
        return _undenied(pod, direction)
    allowing = found.allowed if direction == "egress" else found.admitted
    return _result(pod, direction, found, _matching(matches, tree, allowing, flow))


def _isolation(tree: ClusterTree, pod: Pod) -> Isolation | None:
    """Return the policies of a pod, None if no policy applies to it."""
    known = isolation_of(tree)
    if known is None:
        raise UndecidedTraffic("the tree has network policies of a kind that is not supported")
    return None if pod.spec.get("hostNetwork") is True else known.get(pod)


def _matching(
    matches: _Matches, tree: ClusterTree, rules: Iterable[PolicyRule], flow: DeclaredFlow
) -> list[PolicyRule]:
    return [rule for each in rules if (rule := _for_pods(each)) and matches(tree, rule, flow)]


def _for_pods(rule: PolicyRule) -> PolicyRule | None:
    """Return a rule without peers outside of the cluster, None if it has no others."""
    if rule.group != CILIUM:
        return rule
    body = {key: value for key, value in rule.body.items() if not _OUTSIDE.match(key)}
    if len(body) < len(rule.body) and not any(map(_PEER.match, body)):
        return None
    return replace(rule, body=body)


def _to_host(rule: PolicyRule, host: str) -> bool:
    body = rule.body
    if rule.group != CILIUM:
        peers = [mapping(each) for each in sequence(body.get("to"))]
        blocks = (mapping_at(each, "ipBlock").get("cidr") for each in peers)
        return not peers or any(block in _EVERYWHERE for block in blocks)
    if not body:
        return False
    has_peer = any(map(_PEER.match, body))
    wide = {"all", "world"} & set(map(str, sequence(body.get("toEntities"))))
    if not has_peer or wide or any(each in _EVERYWHERE for each in sequence(body.get("toCIDR"))):
        return True
    return any(_names_host(mapping(each), host) for each in sequence(body.get("toFQDNs")))


def _names_host(peer: dict[str, object], host: str) -> bool:
    pattern = str(peer.get("matchPattern", ""))
    if pattern == "*" or peer.get("matchName") == host:
        return True
    return (
        bool(pattern) and re.fullmatch(re.escape(pattern).replace(r"\*", "[^.]*"), host) is not None
    )


def _result(
    pod: Pod, direction: Direction, found: Isolation, rules: Sequence[PolicyRule]
) -> Decision:
    if rules:
        return Decision(direction, pod, is_open=True, why="allowed by", policies=_names(rules))
    egress = direction == "egress"
    denying = dict.fromkeys(
        each
        for part in found.parts
        for each in (part.denying_egress if egress else part.denying_ingress)
    )
    why = "no rule allows it, and it is denied by default by"
    return Decision(direction, pod, is_open=False, why=why, policies=tuple(denying))


def _undenied(pod: Pod, direction: Direction) -> Decision:
    return Decision(direction, pod, is_open=True, why="no policy denies it")


def _names(rules: Iterable[PolicyRule]) -> tuple[Identity, ...]:
    return tuple(dict.fromkeys(rule.policy for rule in rules))
