"""The network policies that a cluster enforces: an offer of the cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from kubestrata.constructs.network.flow import Flow, NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.component import Component
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.resource import Resource

# As kubeadm, Talos and EKS label it.
CLUSTER_DNS = Pods("dns", "kube-system", {"k8s-app": "kube-dns"})
DNS_PORTS = (NetworkPort(53, "TCP"), NetworkPort(53, "UDP"))


class Network(ABC):
    """Makes policies of flows, and gives every declared namespace a default deny and its DNS.

    `dns` are the pods that answer DNS queries.
    """

    def __init__(self, *, dns: Pods = CLUSTER_DNS) -> None:
        self.dns = dns

    @abstractmethod
    def policy(
        self, scope: Construct, id: str, pods: Pods, flows: Sequence[Flow]
    ) -> Resource | None:
        """One policy named `id` in the namespace of `pods` that admits `flows` and no more.

        None where the network has no policies.
        """

    @abstractmethod
    def deny_all(self, scope: Construct, id: str, namespace: Reference) -> Resource | None:
        """A policy that selects every pod of a namespace and admits nothing."""

    @abstractmethod
    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> Resource | None:
        """A policy that lets pods ask for names."""

    def add_to_namespace(self, component: Component, namespace: Reference) -> None:
        """`default-deny` and `allow-dns`; source: core.namespace.NamespaceDefault."""
        scope = Construct(component, f"{namespace.object_name}-network")
        self.deny_all(scope, "default-deny", namespace)
        self.allow_dns(scope, "allow-dns", Pods("all", namespace.object_name))


class OpenNetwork(Network):
    """No objects: every pod reaches every other, and no policy would be enforced.

    Connections still order components. Source: flannel has no policy engine.
    """

    def policy(self, scope: Construct, id: str, pods: Pods, flows: Sequence[Flow]) -> None:
        """Nothing."""

    def deny_all(self, scope: Construct, id: str, namespace: Reference) -> None:
        """Nothing."""

    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> None:
        """Nothing."""
