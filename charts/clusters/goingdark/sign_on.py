"""Single sign-on of goingdark's operators, and Argo CD, which they log in to."""

from charts.clusters.goingdark.infrastructure import Foundation
from charts.clusters.goingdark.namespaces import GoingdarkNamespaces
from charts.infrastructure.argo_cd import ArgoCdControllers, OidcLogin
from charts.security.dex import Dex, DexClient
from charts.security.masto_claims_proxy import MastoClaimsProxy
from kubestrata import Cluster

_ROLES = {
    "mastodon:Owner": "role:admin",
    "mastodon:Admin": "role:admin",
    "mastodon:Moderator": "role:readonly",
}


def sign_on(
    cluster: Cluster, namespaces: GoingdarkNamespaces, foundation: Foundation
) -> ArgoCdControllers:
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
    dex.certify(foundation.internal_issuer)
    argo = ArgoCdControllers(
        cluster,
        namespace=namespaces.argocd,
        gateway=hosts,
        issuer=foundation.internal_issuer,
        login=OidcLogin(dex.issuer, "argocd", "static-client-argocd-secret", _ROLES),
    )
    argo.let_read_settings(account="kubechecks", namespace="kubechecks")
    return argo


def _clients(cluster: Cluster) -> list[DexClient]:
    argo, monitoring = cluster.host("argocd"), cluster.host("monitoring")
    return [
        DexClient(
            "argocd",
            "ArgoCD",
            "STATIC_CLIENT_ARGOCD_SECRET",
            [f"https://{argo}/auth/callback", "http://localhost:8085/auth/callback"],
        ),
        DexClient(
            "grafana",
            "Grafana",
            "STATIC_CLIENT_GRAFANA_SECRET",
            [f"https://{monitoring}/login/generic_oauth"],
        ),
    ]
