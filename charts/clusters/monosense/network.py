"""The network of monosense.io: the baseline of namespaces, and policies beside components."""

from kubestrata import Cluster, Component, Host, Reference
from kubestrata.constructs import CiliumNetwork, Endpoint, Flow, KubernetesNetwork, Pods
from kubestrata.constructs.network import NetworkBaseline, PolicyMixin

# Their pods are on the network of nodes, run jobs of others, or have policies of their operator.
_WITHOUT_BASELINE = (
    "actions-runner-system",
    "fluent-bit",
    "gitlab-runner",
    "messaging",
    "strimzi-operator-system",
)


def baseline(*, secret_server: Host) -> NetworkBaseline:
    """Return Cilium's policies with the baseline, which Kubernetes' own policies repeat.

    `secret_server` is the server of secrets, for the namespace of External Secrets.
    """
    connect = [Flow.to_hosts(secret_server, port=port) for port in (80, 443)]
    return NetworkBaseline(
        CiliumNetwork(),
        also=[KubernetesNetwork()],
        without=_WITHOUT_BASELINE,
        extra=[("external-secrets", PolicyMixin.allow("allow-1password-connect", *connect))],
    )


class ScraperNetwork(Component):
    """The egress of the pods that scrape metrics: to pods and nodes, on any port."""

    def __init__(self, scope: Cluster, *, namespace: Reference, scraper: Pods) -> None:
        super().__init__(scope, "scraper-network", layer="observability", namespace=namespace)
        flows = [Flow.to_cluster(), Flow.to_nodes(), Flow.to_kubernetes_api()]
        Endpoint(scraper, (), self).allow(*flows, policy="vmagent")


class FluxNetwork(Component):
    """The egress of Flux: to Git servers and registries."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "flux-network", layer="infrastructure", namespace=namespace)
        every = Pods("flux", namespace.object_name)
        Endpoint(every, (), self).allow(Flow.to_internet(443), policy="flux")
