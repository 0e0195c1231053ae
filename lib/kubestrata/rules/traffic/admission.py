"""Evaluation of network policy rules for a flow.

If an end of a flow is unknown, a rule that may apply to it does: an address, an entity, labels of a
namespace that is not declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import mapping_at
from kubestrata.rules.link.unseen_pod import pods_hidden
from kubestrata.rules.namespace import may_select_namespace
from kubestrata.rules.selector import NAMESPACE_NAME, selector_keys, selects, without_keys
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.cilium import CILIUM, OF_NAMESPACE, cilium_selector
from kubestrata.rules.traffic.flow import DeclaredFlow, FlowPort
from kubestrata.rules.traffic.isolation import PolicyRule
from kubestrata.rules.workload.pod import Pod

_CLUSTER = frozenset({"all", "cluster"})
_OUTSIDE = frozenset({"host", "ingress", "kube-apiserver", "remote-node", "unmanaged", "world"})
_NOT_API_SERVER = ("toEndpoints", "toEntities", "toFQDNs")
"""Peers that are pods, or addresses that the pod looked up by a name."""
_API_PORTS = (FlowPort(443, frozenset({"https"})), FlowPort(6443, frozenset()))
_Selector = Mapping[str, Any]


def admits(tree: ClusterTree, rule: PolicyRule, flow: DeclaredFlow) -> bool:
    """Return True if an ingress rule of the receiver's policies allows a flow."""
    return not _is_default_deny(rule) and on_port(rule, flow.port) and _from(tree, rule, flow)


def allows(tree: ClusterTree, rule: PolicyRule, flow: DeclaredFlow) -> bool:
    """Return True if an egress rule of the sender's policies allows a flow."""
    return not _is_default_deny(rule) and on_port(rule, flow.port) and _towards(tree, rule, flow)


def _is_default_deny(rule: PolicyRule) -> bool:
    """Return True for Cilium's empty rule, which selects no peer; that of Kubernetes allows all."""
    return rule.group == CILIUM and not rule.body


def reaches_api_server(rule: PolicyRule) -> bool:
    """Return True if an egress rule may allow a pod to reach the API server.

    The API server is not a pod: Cilium calls it an entity, and others know it by its address.
    """
    if _is_default_deny(rule) or not any(on_port(rule, each) for each in _API_PORTS):
        return False
    body = rule.body
    if rule.group != CILIUM:
        peers = [mapping(each) for each in sequence(body.get("to"))]
        return not peers or any("ipBlock" in each for each in peers)
    fields = [each for each in body if each.startswith("to") and each != "toPorts"]
    entities = set(map(str, sequence(body.get("toEntities"))))
    if not fields or entities & {"all", *_OUTSIDE}:
        return True
    return any(body.get(each) for each in fields if each not in _NOT_API_SERVER)


def reaches_address(rule: PolicyRule, address: str, port: FlowPort) -> bool:
    """Return True if an egress rule may allow an address outside of the cluster."""
    if _is_default_deny(rule) or not on_port(rule, port):
        return False
    body = rule.body
    if rule.group != CILIUM:
        peers = [mapping(each) for each in sequence(body.get("to"))]
        blocks = [mapping(each["ipBlock"]) for each in peers if "ipBlock" in each]
        return not peers or any(_in_block(each, address) for each in blocks)
    fields = [each for each in body if each.startswith("to") and each != "toPorts"]
    if not fields or {"all", "world"} & set(map(str, sequence(body.get("toEntities")))):
        return True
    blocks = [{"cidr": each} for each in sequence(body.get("toCIDR"))]
    blocks += [mapping(each) for each in sequence(body.get("toCIDRSet"))]
    known = ("toCIDR", "toCIDRSet", "toEndpoints", "toEntities", "toFQDNs")
    return any(_in_block(each, address) for each in blocks) or any(
        body.get(each) for each in fields if each not in known
    )


def _in_block(block: Mapping[str, Any], address: str) -> bool:
    """Return True if an address is in a block, or in one whose addresses are not known."""
    try:
        found = ip_address(address)
        inside = found in ip_network(str(block.get("cidr")), strict=False)
        return inside and not any(
            found in ip_network(str(each), strict=False) for each in sequence(block.get("except"))
        )
    except ValueError:
        return True


def on_port(rule: PolicyRule, port: FlowPort) -> bool:
    """Return True if a rule has no ports, or has this one."""
    if rule.group != CILIUM:
        ports = [mapping(each) for each in sequence(rule.body.get("ports"))]
    else:
        several = [mapping(each) for each in sequence(rule.body.get("toPorts"))]
        if any(not each.get("ports") for each in several):
            return True
        ports = [mapping(one) for each in several for one in sequence(each.get("ports"))]
    return not ports or any(_is(each, port) for each in ports)


def _is(said: Mapping[str, Any], port: FlowPort) -> bool:
    if said.get("protocol", "TCP") not in (port.protocol, "ANY"):
        return False
    first, last = said.get("port"), said.get("endPort")
    if first is None or "${" in str(first) or str(first) == "0":
        return True
    if not str(first).isdigit():
        return str(first) in port.names
    end = int(last) if isinstance(last, int) else int(str(first))
    return port.number is not None and int(str(first)) <= port.number <= end


def _from(tree: ClusterTree, rule: PolicyRule, flow: DeclaredFlow) -> bool:
    body = rule.body
    if rule.group != CILIUM:
        peers = [mapping(each) for each in sequence(body.get("from"))]
        return not peers or any(_peer(tree, rule, each, flow) for each in peers)
    fields = [each for each in body if each.startswith("from")]
    if not fields:
        return True
    entities = set(map(str, sequence(body.get("fromEntities"))))
    outside = entities & (_CLUSTER if flow.sender else _CLUSTER | _OUTSIDE)
    if outside or any(body.get(each) for each in fields if each not in _SELECTING):
        return True
    return any(
        _endpoint(tree, rule, mapping(each), flow) for each in sequence(body.get("fromEndpoints"))
    )


_SELECTING = ("fromEndpoints", "fromEntities", "toEndpoints", "toEntities", "toFQDNs", "toPorts")


def _towards(tree: ClusterTree, rule: PolicyRule, flow: DeclaredFlow) -> bool:
    body = rule.body
    if rule.group != CILIUM:
        peers = [mapping(each) for each in sequence(body.get("to"))]
        return not peers or any(_selected(tree, rule, each, flow.to) for each in peers)
    fields = [each for each in body if each.startswith("to") and each != "toPorts"]
    if not fields or _CLUSTER & set(map(str, sequence(body.get("toEntities")))):
        return True
    if any(body.get(each) for each in fields if each not in _SELECTING):
        return True
    return any(
        _cilium(tree, rule, mapping(each), flow.to) for each in sequence(body.get("toEndpoints"))
    )


def _peer(tree: ClusterTree, rule: PolicyRule, peer: _Selector, flow: DeclaredFlow) -> bool:
    if flow.sender is not None:
        return _selected(tree, rule, peer, flow.sender)
    if "ipBlock" in peer:
        return True
    if "namespaceSelector" not in peer:
        return _may_be_in(tree, rule.namespace, flow)
    name = mapping_at(peer, "namespaceSelector.matchLabels").get(NAMESPACE_NAME)
    return _may_be_in(tree, "" if name is None else str(name), flow)


def _endpoint(tree: ClusterTree, rule: PolicyRule, peer: _Selector, flow: DeclaredFlow) -> bool:
    if flow.sender is not None:
        return _cilium(tree, rule, peer, flow.sender)
    namespace, selector = cilium_selector(peer)
    if any(
        "." in each and each.startswith(("io.cilium", "reserved"))
        for each in selector_keys(selector)
    ):
        return True
    return _may_be_in(tree, namespace or rule.namespace, flow)


def _may_be_in(tree: ClusterTree, namespace: str, flow: DeclaredFlow) -> bool:
    """Return True if an unknown sender may be in a namespace; '' means all of them."""
    if flow.proxied:
        return False
    known = flow.namespaces
    return not namespace or known is None or namespace in known or pods_hidden(tree, namespace)


def _selected(tree: ClusterTree, rule: PolicyRule, peer: _Selector, pod: Pod) -> bool:
    """Return True if a peer of a NetworkPolicy is a pod."""
    if "ipBlock" in peer:
        return True
    if not _selects(tree, mapping(peer.get("podSelector")), pod.labels):
        return False
    if "namespaceSelector" not in peer:
        return pod.namespace == rule.namespace
    return may_select_namespace(tree, mapping(peer["namespaceSelector"]), pod.namespace)


def _cilium(tree: ClusterTree, rule: PolicyRule, peer: _Selector, pod: Pod) -> bool:
    """Return True if a selector of a Cilium policy selects a pod."""
    namespace, selector = cilium_selector(peer)
    labels = mapping(selector["matchLabels"])
    expressions = [mapping(each) for each in sequence(selector["matchExpressions"])]
    of_space = {
        key.removeprefix(OF_NAMESPACE): value
        for key, value in labels.items()
        if key.startswith(OF_NAMESPACE)
    }
    # Only running pods have these.
    if any(str(each.get("key")).startswith("io.") for each in expressions):
        return True
    own = {key: value for key, value in labels.items() if not key.startswith("io.")}
    if not _selects(tree, {"matchLabels": own, "matchExpressions": expressions}, pod.labels):
        return False
    if of_space:
        return may_select_namespace(tree, {"matchLabels": of_space}, pod.namespace)
    return (namespace or rule.namespace or pod.namespace) == pod.namespace


def _selects(tree: ClusterTree, selector: _Selector, labels: Mapping[str, Any]) -> bool:
    """Return True if a selector may select pods, which may get further labels at run time."""
    return selects(without_keys(selector, tree.knowledge.run_time_labels), labels)
