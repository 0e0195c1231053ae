"""Single sign-on of goingdark's operators, and Argo CD, which they log in to."""

from charts.clusters.goingdark.infrastructure import Foundation
from charts.clusters.goingdark.namespaces import Namespaces
from charts.infrastructure.argo_cd import ArgoCdControllers, argo_cd
from charts.observability.mastodon_login import grafana_of_mastodon
from charts.security.dex import Dex
from charts.security.masto_claims_proxy import MastoClaimsProxy
from kubestrata import Cluster
from kubestrata.constructs import RemoteKey
from kubestrata.constructs.identity import StoredClient

_ROLES = {
    "mastodon:Owner": "role:admin",
    "mastodon:Admin": "role:admin",
    "mastodon:Moderator": "role:readonly",
}


def sign_on(cluster: Cluster, namespaces: Namespaces, foundation: Foundation) -> ArgoCdControllers:
    """Add Dex, the proxy that adds roles to its accounts, and return Argo CD."""
    hosts = foundation.gateway.hosts
    claims = MastoClaimsProxy(cluster, namespace=namespaces.dex, mastodon=cluster.domain)
    dex = Dex(
        cluster,
        namespace=namespaces.dex,
        gateway=hosts,
        mastodon=cluster.domain,
        user_info=claims.service.text("http://{host}/userinfo"),
        clients=_clients(cluster),
    )
    cluster.offer(dex.logins)
    dex.certify(foundation.internal_issuer)
    argo = ArgoCdControllers(
        cluster,
        namespace=namespaces.argocd,
        gateway=hosts,
        issuer=foundation.internal_issuer,
        application=argo_cd(cluster.host("argocd")),
        roles=_ROLES,
    )
    argo.let_read_settings(account="kubechecks", namespace="kubechecks")
    return argo


def _clients(cluster: Cluster) -> list[StoredClient]:
    applications = [
        argo_cd(cluster.host("argocd")),
        grafana_of_mastodon(cluster.host("monitoring")),
    ]
    return [
        StoredClient(each, RemoteKey(f"static-client-{each.id}-secret")) for each in applications
    ]
