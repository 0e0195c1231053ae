"""Scrapes of services without a component here: Cilium, OpenBao and machines of AWS."""

from charts.security.cloud_issuers import OPENBAO_CA
from kubeapis import victoria_metrics
from kubestrata import Component, Construct
from kubestrata.constructs import ExternalSecret, Pods, SecretSource
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.observability import Scrape, ScrapeAccess, ScrapeTls, StaticScrape
from kubestrata.constructs.traffic import HeadlessService, ServicePort

OPENBAO = "bao.priv.cloud.ogenki.io"
_PORT = 8200
# The pods of Cilium's chart, and their metrics ports (source: Cilium, metrics).
_CILIUM = {
    "cilium-agent": ({"k8s-app": "cilium"}, 9962),
    "cilium-envoy": ({"k8s-app": "cilium-envoy"}, 9964),
    "cilium-operator": ({"io.cilium/app": "operator"}, 9963),
}
_HUBBLE = {"k8s-app": "hubble"}
_NODE_EXPORTER = 9100
_EXPORTS = "observability:node-exporter"
# Label -> what vmagent finds out about a machine (source: its ec2_sd_configs).
_EC2_LABELS = {
    "application": "tag_app",
    "az": "availability_zone",
    "id": "instance_id",
    "name": "tag_Name",
    "region": "region",
}


def scrape_network(scope: Construct) -> None:
    """Scrape agents, proxies and operator by new Services, and Hubble by that of its chart."""
    for name, (labels, port) in _CILIUM.items():
        pods = Pods(name, "kube-system", labels)
        own = {"app.kubernetes.io/name": f"{name}-metrics"}
        ports = [ServicePort(port, name="metrics")]
        HeadlessService(scope, f"{name}-metrics", pods=pods, ports=ports, labels=own)
        Scrape(scope, name, pods=pods, port="metrics", service_labels=own)
    hubble = Pods("hubble", "kube-system", _HUBBLE)
    Scrape(scope, "hubble", pods=hubble, port="hubble-metrics", service_labels=_HUBBLE)


def scrape_openbao(scope: Construct) -> None:
    """Scrape OpenBao's own metrics, which need no token."""
    ca = ExternalSecret(scope, "openbao-ca", source=SecretSource.keys({"ca": OPENBAO_CA})).secret
    StaticScrape(
        scope,
        "openbao",
        targets=[f"{OPENBAO}:{_PORT}"],
        path="/v1/sys/metrics",
        params={"format": ["prometheus"]},
        access=ScrapeAccess(tls=ScrapeTls(ca=ca.key("ca"))),
    )


def scrape_machines(scope: Component) -> None:
    """Scrape node exporters on machines of AWS with the tag `observability:node-exporter`.

    vmagent finds them with the cloud identity of its ServiceAccount.
    """
    victoria_metrics.VMScrapeConfig(
        scope,
        "aws-ec2-node-exporter",
        spec=victoria_metrics.VMScrapeConfigSpec(
            ec2_sd_configs=[
                victoria_metrics.VMScrapeConfigSpecEc2SdConfigs(
                    region=scope.cluster.ask(AwsAccount).region,
                    port=_NODE_EXPORTER,
                    filters=[
                        victoria_metrics.VMScrapeConfigSpecEc2SdConfigsFilters(
                            name=f"tag:{_EXPORTS}", values=["true"]
                        )
                    ],
                )
            ],
            relabel_configs=[
                victoria_metrics.VMScrapeConfigSpecRelabelConfigs(
                    source_labels=[f"__meta_ec2_{source}"], target_label=f"ec2_{label}"
                )
                for label, source in _EC2_LABELS.items()
            ],
        ),
    )
