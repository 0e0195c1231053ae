"""The controller for TLS certificates."""

from collections.abc import Sequence

from charts import catalogue
from charts.resource_request import resources
from kubeapis import helm
from kubestrata import Cluster, Frozen, JsonObject, Namespace, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Scrape

_NAME = "cert-manager"
_COMPONENT = "app.kubernetes.io/component"
RESOLVERS = ("1.1.1.1", "9.9.9.9")
"""Public DNS servers, for clusters whose own server overrides the domain."""


class CertManagerResources(Frozen):
    """Requests and limits of the three controllers; None is the chart's default, none."""

    controller: JsonObject
    webhook: JsonObject | None = None
    injector: JsonObject | None = None


_SMALL = CertManagerResources(resources("10m", "64Mi", "256Mi"))


class CertManager(HelmComponent):
    """cert-manager with its CRDs; create issuers in this component, where it reads their Secrets.

    `identity` is the cloud identity of its pods, None without one. `resolvers` are the DNS servers
    that it queries for the propagation of challenges, none for those of the cluster.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        layer: str,
        namespace: Namespace | Reference,
        chart: HelmChart = catalogue.CERT_MANAGER,
        identity: Reference | None = None,
        resolvers: Sequence[str] = RESOLVERS,
        resources: CertManagerResources = _SMALL,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer=layer,
            namespace=namespace,
            chart=chart,
            values=_values(resolvers, resources),
            flows=[Flow.to_kubernetes_api()],
        )
        if identity is not None:
            self.needs(identity)
        self.controller = self.release.some_pods(f"{_NAME}-controller", {_COMPONENT: "controller"})
        asked = [f"{each}/32" for each in resolvers]
        dns = [NetworkPort(53), NetworkPort(53, "UDP")]
        names = [Flow.to_addresses(*asked, ports=dns)] if asked else []
        self.release.allow(_ACME, *names, pods=self.controller)
        webhook = self.release.some_pods(f"{_NAME}-webhook", {_COMPONENT: "webhook"})
        self.release.allow(Flow.from_kubernetes_api(10250), pods=webhook)

    def scrape(self) -> None:
        """Let the cluster's monitoring scrape the controller."""
        Scrape(self, _NAME, pods=self.controller, port="http-metrics")


_ACME = Flow.to_hosts("acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org")


def _values(resolvers: Sequence[str], resources: CertManagerResources) -> helm.cert_manager.Values:
    webhook = helm.cert_manager.ValuesWebhook(resources=resources.webhook)
    injector = helm.cert_manager.ValuesCainjector(resources=resources.injector)
    return helm.cert_manager.Values(
        crds=helm.cert_manager.ValuesCrds(enabled=True, keep=True),
        resources=resources.controller,
        webhook=webhook if resources.webhook is not None else None,
        cainjector=injector if resources.injector is not None else None,
        dns01_recursive_nameservers=",".join(f"{each}:53" for each in resolvers) or None,
        dns01_recursive_nameservers_only=True if resolvers else None,
    )
