"""The ground of cloudlab: storage, certificates, the gateway, the database and the resolver."""

from charts import catalogue, crd_source
from charts.clusters.cloudlab.secret_file import secret_file
from charts.infrastructure.cert_manager import CertManager
from charts.infrastructure.cloudnative_pg import CloudNativePg
from charts.infrastructure.crds import CrdChart, Crds
from charts.infrastructure.digital_ocean_issuer import DigitalOceanIssuer
from charts.infrastructure.nfs_provisioner import NfsProvisioner
from charts.infrastructure.single_postgres import SinglePostgres
from charts.infrastructure.traefik import Traefik
from charts.infrastructure.unbound import Unbound
from kubestrata import Cluster, Component, Frozen, Namespace
from kubestrata.constructs import GatewayReference, Gateways

# An input of whoever delivers this cluster: Let's Encrypt refuses this domain.
_ACME_CONTACT = "acme-contact@example.com"
# The NAS: its address, because the wildcard record of the domain is the node's own.
NAS = "192.168.20.20"
_SHARE = "/volume1/kubernetes"
_DATABASES = ("authentik", "forgejo")


class Foundation(Frozen):
    """The parts that applications are built on; `released` are the components with a release."""

    nfs: NfsProvisioner
    cert_manager: CertManager
    gateway: GatewayReference
    operator: CloudNativePg
    postgres: SinglePostgres
    unbound: Unbound
    released: tuple[Component, ...]


def found(cluster: Cluster) -> Foundation:
    """Add the components, and provide the gateway and the database operator."""
    Crds(cluster, "gateway-api-crds", source=crd_source.GATEWAY_API_OF_TRAEFIK)
    nfs = NfsProvisioner(cluster, server=NAS, path=_SHARE)
    cert_manager = CertManager(
        cluster,
        layer="infrastructure",
        namespace=Namespace("cert-manager", pod_security="restricted"),
    )
    issuer = DigitalOceanIssuer(
        cert_manager, email=_ACME_CONTACT, token=secret_file("digitalocean-dns")
    )
    crds = CrdChart(
        cluster,
        "traefik-crds",
        # No pods.
        namespace=Namespace("traefik-crds", pod_security="restricted"),
        chart=catalogue.TRAEFIK_CRDS,
    )
    traefik = Traefik(cluster, issuer=issuer.ref)
    # One public gateway: the node's own ports, behind the router at home.
    cluster.offer(Gateways(public=traefik.gateway, private=traefik.gateway))
    operator = CloudNativePg(
        cluster,
        namespace=Namespace("cnpg-system", pod_security="restricted"),
        chart=catalogue.CLOUDNATIVE_PG.at("0.27.1"),
        values={"replicaCount": 1},
    )
    cluster.offer(operator.operator)
    postgres = SinglePostgres(
        cluster,
        storage_class=nfs.storage_class,
        owners={name: secret_file(f"{name}-owner") for name in _DATABASES},
    )
    return Foundation(
        nfs=nfs,
        cert_manager=cert_manager,
        gateway=traefik.gateway,
        operator=operator,
        postgres=postgres,
        # AdGuard Home in the same namespace has the DNS port of the node.
        unbound=Unbound(cluster, namespace=Namespace("adguard", pod_security="privileged")),
        released=(cert_manager, crds, nfs, operator, traefik),
    )
