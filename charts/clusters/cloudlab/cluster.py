"""cloudlab: one Talos node at home, delivered by Flux, with secrets encrypted in Git."""

from pathlib import Path

from charts.apps.whoami import Whoami
from charts.clusters.cloudlab_machine import configure_machine
from charts.infrastructure.cert_manager import CertManager
from charts.infrastructure.digital_ocean_issuer import DigitalOceanIssuer
from charts.infrastructure.gateway_api_crds import GatewayApiCrds
from charts.infrastructure.nfs_provisioner import NfsProvisioner
from charts.infrastructure.traefik import Traefik
from charts.observability.alloy import Alloy
from charts.observability.certificate_watch import CertificateWatch
from charts.observability.flux_watch import FluxWatch
from charts.observability.kube_prometheus_stack import MONITORING, KubePrometheusStack
from charts.observability.loki import Loki
from charts.resource_request import resources
from charts.security.kyverno import ControllerResources, Kyverno
from charts.security.verify_images import VerifyImages
from kubestrata import Cluster, Flux, GitRepository, Host, Namespace, Platform, SopsDecryption
from kubestrata.constructs import Gateways, OpenNetwork

_FLUX = Flux(
    repository=GitRepository(
        url="ssh://git@github.com/connormckinnon93/cloudlab",
        secret="flux-system",  # noqa: S106  # the name of a Secret
    ),
    decryption=SopsDecryption("sops-age"),
)
_SECRETS = Path(__file__).parents[1] / "secrets" / "cloudlab"
# Images of these are not verified: of Kubernetes itself, and of the engine that verifies.
_UNVERIFIED = ("kube-system", "kyverno")
# An input of whoever delivers this cluster: Let's Encrypt refuses this domain.
_ACME_CONTACT = "acme-contact@example.com"
# The NAS: its address, because the wildcard record of the domain is the node's own.
_NAS, _SHARE = "192.168.20.20", "/volume1/kubernetes"


# The node has 16 GiB of memory.
_KYVERNO = ControllerResources(
    admission=resources("50m", "128Mi", "384Mi"),
    background=resources("25m", "64Mi", "256Mi"),
    cleanup=resources("25m", "64Mi", "128Mi"),
    reports=resources("25m", "64Mi", "256Mi"),
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

    configure_machine(cluster, storage=_NAS)
    GatewayApiCrds(cluster)
    nfs = NfsProvisioner(cluster, server=_NAS, path=_SHARE)
    cert_manager = CertManager(
        cluster,
        layer="infrastructure",
        namespace=Namespace("cert-manager", pod_security="restricted"),
    )
    issuer = DigitalOceanIssuer(
        cert_manager,
        email=_ACME_CONTACT,
        token=_SECRETS / "digitalocean-dns.enc.yaml",
    )
    traefik = Traefik(cluster, issuer=issuer.ref)
    # One public gateway: the node's own ports, behind the router at home.
    cluster.offer(Gateways(public=traefik.gateway, private=traefik.gateway))

    kyverno = Kyverno(
        cluster,
        namespace=Namespace("kyverno", pod_security="restricted"),
        resources=_KYVERNO,
    )
    # In effect the controllers of Flux; Kyverno's own images only in reports.
    VerifyImages(
        cluster,
        images=["ghcr.io/fluxcd/*", "reg.kyverno.io/kyverno/*"],
        excluded_namespaces=_UNVERIFIED,
    )

    stack = KubePrometheusStack(
        cluster,
        gateway=traefik.gateway,
        storage_class=nfs.storage_class,
        secrets=_SECRETS / "monitoring-secrets.enc.yaml",
    )
    monitoring = stack.home_namespace
    loki = Loki(cluster, namespace=monitoring, storage_class=nfs.storage_class)
    Alloy(cluster, namespace=monitoring, logs=loki.service, gateway=traefik.gateway)
    CertificateWatch(cluster, namespace=monitoring, pods=cert_manager.controller)
    FluxWatch(
        cluster,
        namespace=monitoring,
        alertmanager=stack.alertmanager,
        releases=[part.home_namespace for part in (cert_manager, kyverno, nfs, stack, traefik)],
    )

    Whoami(cluster)
    return cluster
