"""The foundation of talos: controllers that others need first, certificates, and volumes."""

from pathlib import Path

from charts import catalogue
from charts.apps.nix_cache_keys import NixCacheKeys
from charts.clusters.talos.environment import Environment
from charts.clusters.talos.namespaces import Namespaces
from charts.infrastructure.cert_manager import CertManager, CertManagerResources
from charts.infrastructure.cluster_authority import ClusterAuthority
from charts.infrastructure.metrics_server import Kubelets, MetricsServer
from charts.infrastructure.proxmox_csi import ProxmoxCsi, RetainedClass
from charts.infrastructure.reflector import Reflector
from charts.infrastructure.reloader import Reloader
from charts.infrastructure.sealed_secrets import SealedSecrets
from charts.infrastructure.tofu_controller import TofuController
from charts.infrastructure.trust_manager import TrustManager
from charts.resource_request import bounded
from kubestrata import Cluster, Frozen, Reference
from kubestrata.constructs.traffic import TrustBundle

SEALED = Path(__file__).parents[2] / "secrets" / "talos"
"""The files that layer 00 seals."""
_SMALL = bounded("10m", "32Mi", "100m", "128Mi")


class Foundation(Frozen):
    """The parts that everything else is built on.

    `internal_issuer` signs names inside the cluster; `bundle` is what clients trust, in every
    namespace. `tofu` applies configurations, and `storage_class` keeps volumes of deleted claims.
    `nix_keys` are those of the binary cache.
    """

    internal_issuer: Reference
    bundle: TrustBundle
    storage_class: Reference
    tofu: TofuController
    nix_keys: NixCacheKeys


def found(cluster: Cluster, namespaces: Namespaces, environment: Environment) -> Foundation:
    """Add the foundation, and provide copies of Secrets to the cluster."""
    SealedSecrets(cluster, namespace=namespaces.flux_system, target=namespaces.kube_system)
    Reloader(cluster, namespace=namespaces.kube_system)
    cluster.offer(Reflector(cluster, namespace=namespaces.reflector_system).offer)
    MetricsServer(
        cluster,
        namespace=namespaces.kube_system,
        chart=catalogue.METRICS_SERVER.at("3.12.2"),
        kubelets=Kubelets(["InternalIP", "ExternalIP", "Hostname"]),
        resources=_SMALL,
    )
    tofu = TofuController(cluster, namespace=namespaces.flux_system)
    csi = ProxmoxCsi(
        cluster,
        namespace=namespaces.csi_proxmox,
        credentials=SEALED / "proxmox-csi-plugin.yaml",
        storage=RetainedClass("proxmox-csi-retain", "local"),
    )
    CertManager(
        cluster,
        layer="infrastructure",
        namespace=namespaces.cert_manager,
        chart=catalogue.CERT_MANAGER.at("v1.16.2"),
        # CoreDNS resolves the cluster's zone.
        resolvers=(),
        resources=CertManagerResources(_SMALL, _SMALL, _SMALL),
    )
    TrustManager(cluster, namespace=namespaces.cert_manager_trust, trust=namespaces.cert_manager)
    authority = ClusterAuthority(
        cluster, namespace=namespaces.cert_manager, trusted=environment.trusted
    )
    return Foundation(
        internal_issuer=authority.issuer,
        bundle=authority.bundle,
        storage_class=csi.storage_class,
        tofu=tofu,
        nix_keys=NixCacheKeys(cluster, namespace=namespaces.nix_cache, folder=SEALED),
    )
