"""Interface of the network policy engine that a cluster has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from kubestrata.constructs.network.flow import Flow, NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.cluster import Cluster
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.resource import Resource

# Labels of CoreDNS with kubeadm, Talos and EKS.
CLUSTER_DNS = Pods("dns", "kube-system", {"k8s-app": "kube-dns"})
DNS_PORTS = (NetworkPort(53, "TCP"), NetworkPort(53, "UDP"))


class Network(ABC):
    """Creates policies from flows, and default-deny and DNS policies for declared namespaces.

    `dns` are the pods that answer DNS queries.
    """

    def __init__(self, *, dns: Pods = CLUSTER_DNS) -> None:
        self.dns = dns

    @abstractmethod
    def policy(
        self, scope: Construct, id: str, pods: Pods, flows: Sequence[Flow]
    ) -> Resource | None:
        """Create a policy named `id` in the namespace of `pods` that allows `flows` only.

        Return None where the network has no policies.
        """

    @abstractmethod
    def deny_all(self, scope: Construct, id: str, namespace: Reference) -> Resource | None:
        """Create a policy that selects every pod of a namespace and allows nothing."""

    @abstractmethod
    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> Resource | None:
        """Create a policy that allows DNS queries."""

    def denies(self, cluster: Cluster, namespace: str) -> bool:
        """Return True if a namespace denies by default and allows DNS."""
        return cluster.declares(namespace)

    @property
    def is_open_within(self) -> bool:
        """Return True if pods of a namespace that denies by default reach each other."""
        return False

    def add_to_namespace(self, scope: Construct, namespace: Reference) -> None:
        """Create `default-deny` and `allow-dns` (protocol: core.namespace.NamespaceDefault)."""
        policies = Construct(scope, f"{namespace.object_name}-network")
        self.deny_all(policies, "default-deny", namespace)
        self.allow_dns(policies, "allow-dns", Pods("all", namespace.object_name))


class OpenNetwork(Network):
    """No objects: the network enforces no policies, and every pod reaches every other.

    Connections still order components. Source: flannel has no policy engine.
    """

    def policy(self, scope: Construct, id: str, pods: Pods, flows: Sequence[Flow]) -> None:
        """Create nothing."""

    def deny_all(self, scope: Construct, id: str, namespace: Reference) -> None:
        """Create nothing."""

    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> None:
        """Create nothing."""
