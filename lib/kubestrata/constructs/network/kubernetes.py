"""Kubernetes NetworkPolicies, which match pods and addresses but no DNS names."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kubeapis import k8s
from kubestrata.constructs.network.flow import Direction, Flow, NamedPort, NetworkPort
from kubestrata.constructs.network.network import DNS_PORTS, Network
from kubestrata.constructs.network.peer import Addresses, Entity, Hosts, Peer, Pods
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_NAMESPACE = "kubernetes.io/metadata.name"
_EVERYWHERE = "0.0.0.0/0"
# The link-local address of the agent, the same on every node (source: EKS Pod Identity).
_POD_IDENTITY_AGENT = "169.254.170.23/32"
# Private ranges, excluded from the internet (source: RFC 1918, RFC 3927).
_PRIVATE = ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]


class KubernetesNetwork(Network):
    """One NetworkPolicy for each policy.

    For a peer without pods or fixed addresses only the ports restrict traffic: hosts become all
    public addresses, the API server and the nodes any address.
    """

    def policy(
        self,
        scope: Construct,
        id: str,
        pods: Pods,
        flows: Sequence[Flow],
        *,
        directions: Collection[Direction] = (),
    ) -> k8s.NetworkPolicy:
        """Create a policy that selects `pods` for the directions of `flows`, and for `directions`.

        In a direction without flows everything is denied.
        """
        selected = {flow.direction for flow in flows} | set(directions)
        out = [flow for flow in flows if flow.direction == "egress"]
        into = [flow for flow in flows if flow.direction == "ingress"]
        return _policy(
            scope,
            id,
            pods.namespace,
            k8s.NetworkPolicySpec(
                pod_selector=k8s.LabelSelector(match_labels=pods.labels or None),
                policy_types=[each for each in ("Egress", "Ingress") if each.lower() in selected],
                egress=[_egress(flow) for flow in out] or None,
                ingress=[_ingress(flow) for flow in into] or None,
            ),
        )

    def deny_all(self, scope: Construct, id: str, namespace: Reference) -> k8s.NetworkPolicy:
        """Create a policy of both directions without rules."""
        spec = k8s.NetworkPolicySpec(
            pod_selector=k8s.LabelSelector(), policy_types=["Egress", "Ingress"]
        )
        return _policy(scope, id, namespace.object_name, spec)

    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> k8s.NetworkPolicy:
        """Allow DNS over UDP and TCP."""
        return self.policy(scope, id, pods, [Flow.to_pods(self.dns, *DNS_PORTS)])


def _policy(
    scope: Construct, id: str, namespace: str, spec: k8s.NetworkPolicySpec
) -> k8s.NetworkPolicy:
    metadata = k8s.ObjectMeta(name=id, namespace=namespace)
    return k8s.NetworkPolicy(scope, id, metadata=metadata, spec=spec)


def _ports(ports: Sequence[NetworkPort | NamedPort]) -> list[k8s.NetworkPolicyPort] | None:
    return [
        k8s.NetworkPolicyPort(port=_port(each), protocol=each.protocol) for each in ports
    ] or None


def _port(port: NetworkPort | NamedPort) -> int | str:
    return port.name if isinstance(port, NamedPort) else port.number


def _egress(flow: Flow) -> k8s.NetworkPolicyEgressRule:
    return k8s.NetworkPolicyEgressRule(to=_peers(flow.peer), ports=_ports(flow.ports))


def _ingress(flow: Flow) -> k8s.NetworkPolicyIngressRule:
    return k8s.NetworkPolicyIngressRule(from_=_peers(flow.peer), ports=_ports(flow.ports))


def _peers(peer: Peer) -> list[k8s.NetworkPolicyPeer] | None:
    match peer:
        case Pods():
            if peer.cluster is not None:
                why = f"are in cluster {peer.cluster!r}, which a NetworkPolicy cannot select"
                fix = "provide CiliumNetwork(), or allow their addresses"
                raise InvalidValue(f"pods {peer.name!r}", why, fix)
            namespace = k8s.LabelSelector(match_labels={_NAMESPACE: peer.namespace})
            pods = k8s.LabelSelector(match_labels=peer.labels) if peer.labels else None
            return [k8s.NetworkPolicyPeer(namespace_selector=namespace, pod_selector=pods)]
        case Addresses():
            return [_block(block) for block in peer.blocks]
        case Entity(where="cluster"):
            return [k8s.NetworkPolicyPeer(namespace_selector=k8s.LabelSelector())]
        case Hosts() | Entity(where="internet"):
            return [_block(_EVERYWHERE, except_=_PRIVATE)]
        case Entity(where="pod-identity"):
            return [_block(_POD_IDENTITY_AGENT)]
        case Entity():
            return None


def _block(cidr: str, *, except_: Sequence[str] | None = None) -> k8s.NetworkPolicyPeer:
    return k8s.NetworkPolicyPeer(ip_block=k8s.IPBlock(cidr=cidr, except_=except_))
