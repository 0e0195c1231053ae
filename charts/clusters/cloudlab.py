"""cloudlab: one Talos node at home, delivered by Flux, with secrets encrypted in Git."""

from pathlib import Path

from charts.apps.whoami import Whoami
from charts.infrastructure.cert_manager import CertManager
from charts.infrastructure.digital_ocean_issuer import DigitalOceanIssuer
from charts.infrastructure.gateway_api_crds import GatewayApiCrds
from charts.infrastructure.nfs_provisioner import NfsProvisioner
from charts.infrastructure.traefik import Traefik
from charts.observability.alloy import Alloy
from charts.observability.flux_watch import FluxWatch
from charts.observability.kube_prometheus_stack import MONITORING, KubePrometheusStack
from charts.observability.loki import Loki
from charts.security.kyverno import Kyverno
from charts.security.verify_images import VerifyImages
from kubestrata import Cluster, Flux, GitRepository, Host, Namespace, Platform, SopsDecryption
from kubestrata.constructs import Gateways, OpenNetwork

_FLUX = Flux(
    repository=GitRepository(
        url="ssh://git@github.com/catinthehack/platform",
        secret="flux-system",  # noqa: S106  # the name of a Secret
    ),
    decryption=SopsDecryption("sops-age"),
)
_SECRETS = Path(__file__).parents[1] / "secrets" / "cloudlab"
_SYSTEM_NAMESPACES = (
    "cert-manager",
    "flux-system",
    "kube-system",
    "kyverno",
    "monitoring",
    "nfs-provisioner",
    "traefik",
)


def cloudlab(platform: Platform) -> Cluster:
    """Build the cluster with all of its components, dependencies first."""
    cluster = Cluster(
        platform,
        "cloudlab",
        domain=Host("catinthehack.ca"),
        delivery=_FLUX,
        kubernetes="1.35",
        # Talos' flannel enforces no policies.
        offers=[OpenNetwork(), MONITORING],
    )

    GatewayApiCrds(cluster)
    nfs = NfsProvisioner(cluster, server=cluster.host("nas"), path="/export/cloudlab")
    cert_manager = CertManager(
        cluster,
        layer="infrastructure",
        namespace=Namespace("cert-manager", pod_security="restricted"),
    )
    issuer = DigitalOceanIssuer(
        cert_manager,
        email=f"hostmaster@{cluster.domain}",
        token=_SECRETS / "digitalocean-dns.enc.yaml",
    )
    traefik = Traefik(cluster, issuer=issuer.ref)
    # One public gateway: the node's own ports, behind the router at home.
    cluster.offer(Gateways(public=traefik.gateway, private=traefik.gateway))

    kyverno = Kyverno(cluster, namespace=Namespace("kyverno", pod_security="restricted"))
    VerifyImages(cluster, excluded_namespaces=_SYSTEM_NAMESPACES)

    stack = KubePrometheusStack(
        cluster,
        gateway=traefik.gateway,
        storage_class=nfs.storage_class,
        admin=_SECRETS / "grafana-admin.enc.yaml",
        receivers=_SECRETS / "alertmanager-receivers.enc.yaml",
    )
    monitoring = stack.home_namespace
    loki = Loki(cluster, namespace=monitoring, storage_class=nfs.storage_class)
    Alloy(cluster, namespace=monitoring, logs=loki.service, gateway=traefik.gateway)
    FluxWatch(
        cluster,
        namespace=monitoring,
        alertmanager=stack.alertmanager,
        releases=[part.home_namespace for part in (cert_manager, kyverno, nfs, stack, traefik)],
    )

    Whoami(cluster)
    return cluster
