"""Cilium's network policies, with DNS names and entities as peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kubeapis import cilium, k8s
from kubestrata.constructs.network.flow import Flow, NamedPort, NetworkPort
from kubestrata.constructs.network.network import DNS_PORTS, Network
from kubestrata.constructs.network.peer import Addresses, Entity, Hosts, Pods, Where
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_CLUSTER = "k8s:io.cilium.k8s.policy.cluster"
_NAMESPACE = "k8s:io.kubernetes.pod.namespace"
_Name = cilium.CiliumNetworkPolicySpecEgressToFqdns
_Ports = cilium.CiliumNetworkPolicySpecEgressToPorts


class CiliumNetwork(Network):
    """One CiliumNetworkPolicy for each policy."""

    def policy(
        self, scope: Construct, id: str, pods: Pods, flows: Sequence[Flow]
    ) -> cilium.CiliumNetworkPolicy:
        """Create a policy with egress before ingress rules, each in the given order."""
        return _policy(
            scope,
            id,
            pods.namespace,
            cilium.CiliumNetworkPolicySpec(
                endpoint_selector=_selector(pods.labels),
                egress=[_egress(flow) for flow in flows if flow.direction == "egress"] or None,
                ingress=[_ingress(flow) for flow in flows if flow.direction == "ingress"] or None,
            ),
        )

    def deny_all(
        self, scope: Construct, id: str, namespace: Reference
    ) -> cilium.CiliumNetworkPolicy:
        """Create an empty rule for each direction: deny all (source: Cilium's default deny)."""
        spec = cilium.CiliumNetworkPolicySpec(
            endpoint_selector=_selector({}),
            egress=[cilium.CiliumNetworkPolicySpecEgress()],
            ingress=[cilium.CiliumNetworkPolicySpecIngress()],
        )
        return _policy(scope, id, namespace.object_name or "", spec)

    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> cilium.CiliumNetworkPolicy:
        """Allow DNS through Cilium's proxy, from which `toFQDNs` learns addresses."""
        answers = cilium.CiliumNetworkPolicySpecEgress(
            to_endpoints=[_endpoint(self.dns)],
            to_ports=[
                _Ports(
                    ports=_numbers(DNS_PORTS),
                    rules=cilium.CiliumNetworkPolicySpecEgressToPortsRules(
                        dns=[_Name(match_pattern="*")]
                    ),
                )
            ],
        )
        spec = cilium.CiliumNetworkPolicySpec(
            endpoint_selector=_selector(pods.labels), egress=[answers]
        )
        return _policy(scope, id, pods.namespace, spec)


def _policy(
    scope: Construct, id: str, namespace: str, spec: cilium.CiliumNetworkPolicySpec
) -> cilium.CiliumNetworkPolicy:
    metadata = k8s.ObjectMeta(name=id, namespace=namespace)
    return cilium.CiliumNetworkPolicy(scope, id, metadata=metadata, spec=spec)


def _selector(labels: Mapping[str, str]) -> cilium.CiliumNetworkPolicySpecEndpointSelector:
    return cilium.CiliumNetworkPolicySpecEndpointSelector(match_labels=labels or None)


def _endpoint(pods: Pods) -> cilium.CiliumNetworkPolicySpecEndpointSelector:
    mesh = {_CLUSTER: pods.cluster} if pods.cluster is not None else {}
    return _selector({_NAMESPACE: pods.namespace, **mesh, **pods.labels})


def _numbers(
    ports: Sequence[NetworkPort | NamedPort],
) -> list[cilium.CiliumNetworkPolicySpecEgressToPortsPorts]:
    return [
        cilium.CiliumNetworkPolicySpecEgressToPortsPorts(port=_port(each), protocol=each.protocol)
        for each in ports
    ]


def _port(port: NetworkPort | NamedPort) -> str:
    return port.name if isinstance(port, NamedPort) else str(port.number)


def _to_ports(flow: Flow) -> list[cilium.CiliumNetworkPolicySpecEgressToPorts] | None:
    return [_Ports(ports=_numbers(flow.ports))] if flow.ports else None


def _egress(flow: Flow) -> cilium.CiliumNetworkPolicySpecEgress:
    ports = _to_ports(flow)
    match flow.peer:
        case Pods():
            return cilium.CiliumNetworkPolicySpecEgress(
                to_endpoints=[_endpoint(flow.peer)], to_ports=ports
            )
        case Hosts():
            names = [_name(name) for name in flow.peer.names]
            return cilium.CiliumNetworkPolicySpecEgress(to_fqdns=names, to_ports=ports)
        case Addresses():
            return cilium.CiliumNetworkPolicySpecEgress(to_cidr=flow.peer.blocks, to_ports=ports)
        case Entity():
            return cilium.CiliumNetworkPolicySpecEgress(
                to_entities=_ENTITIES[flow.peer.where], to_ports=ports
            )


def _ingress(flow: Flow) -> cilium.CiliumNetworkPolicySpecIngress:
    ports = _to_ports(flow)
    match flow.peer:
        case Pods():
            return cilium.CiliumNetworkPolicySpecIngress(
                from_endpoints=[_endpoint(flow.peer)], to_ports=ports
            )
        case Addresses():
            return cilium.CiliumNetworkPolicySpecIngress(from_cidr=flow.peer.blocks, to_ports=ports)
        case Hosts():
            # Ingress is matched by IP, so DNS names cannot be used.
            return cilium.CiliumNetworkPolicySpecIngress(from_entities=["world"], to_ports=ports)
        case Entity():
            return cilium.CiliumNetworkPolicySpecIngress(
                from_entities=_ENTITIES[flow.peer.where], to_ports=ports
            )


_EntityName = Literal["all", "cluster", "host", "ingress", "kube-apiserver", "remote-node", "world"]
_ENTITIES: Mapping[Where, Sequence[_EntityName]] = {
    "anywhere": ["all"],
    "cluster": ["cluster"],
    "gateway": ["ingress"],
    "internet": ["world"],
    "kubernetes-api": ["kube-apiserver"],
    "nodes": ["host", "remote-node"],
    # The agent is in the host's network, and CIDR rules do not match its link-local address.
    "pod-identity": ["host"],
}


def _name(name: str) -> cilium.CiliumNetworkPolicySpecEgressToFqdns:
    return _Name(match_pattern=name) if "*" in name else _Name(match_name=name)
