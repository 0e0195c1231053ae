"""The controller for TLS certificates."""

from charts import catalogue
from charts.resource_request import resources
from kubeapis import helm
from kubestrata import Cluster, Namespace, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Scrape

_NAME = "cert-manager"
_COMPONENT = "app.kubernetes.io/component"
# DNS servers that it queries for the propagation of challenges; clusters may override them.
_RESOLVERS = ("1.1.1.1", "9.9.9.9")


class CertManager(HelmComponent):
    """cert-manager with its CRDs; create issuers in this component, where it reads their Secrets.

    `identity` is the cloud identity of its pods, None without one.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        layer: str,
        namespace: Namespace | Reference,
        chart: HelmChart = catalogue.CERT_MANAGER,
        identity: Reference | None = None,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer=layer,
            namespace=namespace,
            chart=chart,
            values=_VALUES,
            flows=[Flow.to_kubernetes_api()],
        )
        if identity is not None:
            self.needs(identity)
        self.controller = self.release.some_pods(f"{_NAME}-controller", {_COMPONENT: "controller"})
        self.release.allow(*_ASKING, pods=self.controller)
        webhook = self.release.some_pods(f"{_NAME}-webhook", {_COMPONENT: "webhook"})
        self.release.allow(Flow.from_kubernetes_api(10250), pods=webhook)

    def scrape(self) -> None:
        """Let the cluster's monitoring scrape the controller."""
        Scrape(self, _NAME, pods=self.controller, port="http-metrics")


_ASKING = (
    Flow.to_hosts("acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org"),
    Flow.to_addresses(*(f"{each}/32" for each in _RESOLVERS), ports=[53, NetworkPort(53, "UDP")]),
)
_VALUES = helm.cert_manager.Values(
    crds=helm.cert_manager.ValuesCrds(enabled=True, keep=True),
    resources=resources("10m", "64Mi", "256Mi"),
    dns01_recursive_nameservers=",".join(f"{each}:53" for each in _RESOLVERS),
    dns01_recursive_nameservers_only=True,
)
