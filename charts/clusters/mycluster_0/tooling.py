"""Tools of mycluster-0 for people of the organization, and the home page with their links."""

from collections.abc import Mapping, Sequence

from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.clusters.mycluster_0.observability import Observability
from charts.infrastructure.flux_operator import FluxOperator
from charts.infrastructure.karpenter_nodepools import KarpenterNodepools
from charts.infrastructure.tailnet_gateways import TailnetGateways
from charts.tooling.dagger_engine import DaggerEngine
from charts.tooling.gha_runner_controller import GhaRunnerController
from charts.tooling.gha_runners import GhaRunners
from charts.tooling.harbor.cloud import CloudHarbor
from charts.tooling.harbor.cloud_secrets import CloudHarborSecrets
from charts.tooling.headlamp import Headlamp
from charts.tooling.homepage import Homepage, Page
from kubestrata import Cluster

_BOOKMARKS = {
    "Platform": {
        "AWS": "https://console.aws.amazon.com",
        "Tailscale": "https://login.tailscale.com/admin/machines",
    },
    "Documentation": {
        "Cilium": "https://docs.cilium.io",
        "CloudNativePG": "https://cloudnative-pg.io/docs",
        "Crossplane": "https://docs.crossplane.io",
        "Flux": "https://fluxcd.io/flux",
        "VictoriaMetrics": "https://docs.victoriametrics.com",
    },
}


def add_flux(cluster: Cluster, namespaces: Namespaces, gateways: TailnetGateways) -> FluxOperator:
    """Add Flux itself."""
    return FluxOperator(
        cluster,
        namespace=namespaces.flux_system,
        gateway=gateways.admin,
        issuer=cluster.host("auth"),
    )


def add_pipelines(
    cluster: Cluster, namespaces: Namespaces, nodes: KarpenterNodepools, *, repository: str
) -> None:
    """Add the CI of the organization."""
    controller = GhaRunnerController(cluster, namespace=namespaces.tooling)
    engine = DaggerEngine(cluster, namespace=namespaces.dagger, nodes=nodes.io)
    GhaRunners(
        cluster,
        namespace=namespaces.tooling,
        controller=controller.service_account,
        engine=engine,
        url=repository,
    )


def add_tools(
    cluster: Cluster,
    namespaces: Namespaces,
    *,
    watched: Observability,
    flux: FluxOperator,
    readers: Sequence[str],
    apps: Sequence[Page],
) -> None:
    """Add the tools of the layer `tooling` that have a web page; `readers` are groups."""
    secrets = CloudHarborSecrets(cluster, namespace=namespaces.tooling)
    harbor = CloudHarbor(cluster, namespace=namespaces.tooling, secrets=secrets)
    headlamp = Headlamp(
        cluster, namespace=namespaces.tooling, issuer=cluster.host("auth"), readers=readers
    )
    Homepage(
        cluster,
        namespace=namespaces.tooling,
        pages={
            "Observability": _observability(watched),
            "Delivery": _delivery(flux, harbor, headlamp),
            "Applications": apps,
        },
        bookmarks=_BOOKMARKS,
    )


def _observability(watched: Observability) -> Sequence[Page]:
    pages: Mapping[str, tuple[str, str, str]] = {
        "grafana": ("Grafana", "Dashboards of metrics, logs and traces", "grafana"),
        "vm": ("VictoriaMetrics", "Queries of metrics", "victoriametrics"),
        "vmagent": ("vmagent", "What is scraped, and what is not", "victoriametrics"),
        "vmalertmanager": ("Alertmanager", "Alerts and silences", "alertmanager"),
    }
    routes = {name.partition("-")[0]: route for name, route in watched.stack.pages.items()}
    return [
        *(Page(title, routes[key], text, icon) for key, (title, text, icon) in pages.items()),
        Page("Hubble", watched.hubble.route, "Network flows, and what is dropped", "cilium"),
        Page("VictoriaLogs", watched.logs.route, "Queries of logs", "victorialogs"),
        Page("VictoriaTraces", watched.traces.route, "Queries of traces", "victoriametrics"),
        Page("OnCall", watched.oncall.route, "Who is called, and when", "grafana"),
        Page("RabbitMQ", watched.oncall.queue_route, "The queue of OnCall", "rabbitmq"),
    ]


def _delivery(flux: FluxOperator, harbor: CloudHarbor, headlamp: Headlamp) -> Sequence[Page]:
    return [
        Page("Flux", flux.route, "What was delivered, and what waits", "flux-cd"),
        Page("Harbor", harbor.route, "Images of the organisation", "harbor"),
        Page("Headlamp", headlamp.route, "The objects of the cluster", "headlamp"),
    ]
