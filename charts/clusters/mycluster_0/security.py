"""The security of mycluster-0: the secret store, issuers, policies, and single sign-on."""

from charts import catalogue
from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.infrastructure.cert_manager import CertManager
from charts.infrastructure.eks_pod_identities import EksPodIdentities
from charts.infrastructure.tailnet_gateways import TailnetGateways
from charts.security.cloud_issuers import CloudIssuers
from charts.security.external_secrets import ExternalSecrets
from charts.security.group_access import GroupAccess
from charts.security.kyverno import Kyverno
from charts.security.kyverno_policies import KyvernoPolicies
from charts.security.openbao_snapshot import OpenbaoSnapshot
from charts.security.zitadel import Zitadel
from kubestrata import Cluster
from kubestrata.constructs.access import BuiltInRole

# An input of whoever delivers this cluster: Let's Encrypt refuses this domain.
_ACME_CONTACT = "acme-contact@example.com"

_GROUPS: dict[str, BuiltInRole] = {
    "admin": "cluster-admin",
    "backend": "edit",
    "data": "edit",
    "frontend": "edit",
}


def keep_secrets(
    cluster: Cluster, namespaces: Namespaces, identities: EksPodIdentities
) -> CloudIssuers:
    """Add the secret store and the certificate issuers."""
    external_secrets = ExternalSecrets(
        cluster, namespace=namespaces.security, identity=identities.external_secrets.ready
    )
    cluster.offer(external_secrets.store)
    bao = cluster.domain.sub("priv").sub("bao")
    OpenbaoSnapshot(cluster, namespace=namespaces.security, server=bao)
    cert_manager = CertManager(
        cluster,
        layer="security",
        namespace=namespaces.security,
        chart=catalogue.CERT_MANAGER.at("v1.19.2"),
        identity=identities.cert_manager.ready,
    )
    cert_manager.scrape()
    return CloudIssuers(
        cert_manager,
        email=_ACME_CONTACT,
        openbao=bao,
        approle_id=cluster.placeholder("cert_manager_approle_id"),
    )


def enforce(cluster: Cluster, namespaces: Namespaces) -> None:
    """Add the policy engine and its policies."""
    kyverno = Kyverno(
        cluster,
        namespace=namespaces.security,
        chart=catalogue.KYVERNO.at("3.6.2").without_crds(),
        admission_replicas=3,
    )
    kyverno.scrape()
    KyvernoPolicies(cluster, namespace=namespaces.security, engine=kyverno.release.resource.ref)


def sign_on(
    cluster: Cluster, namespaces: Namespaces, gateways: TailnetGateways, issuers: CloudIssuers
) -> None:
    """Add Zitadel, and the permissions of its groups."""
    Zitadel(
        cluster,
        namespace=namespaces.security,
        gateway_class=gateways.internet,
        issuer=issuers.public,
    )
    GroupAccess(cluster, groups=_GROUPS, prefix="ogenki-")
