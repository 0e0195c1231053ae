"""Tenants of monosense.io: single sign-on and the registry on infra, GitLab and runners on apps."""

from dataclasses import dataclass

from charts import catalogue
from charts.clusters.monosense.shared import DOMAIN, Shared
from charts.infrastructure.crds import Crds
from charts.security.keycloak.operator import KeycloakController
from charts.security.keycloak.server import KeycloakSecrets, KeycloakServer, RealmClient
from charts.tooling.external_harbor import ExternalHarbor, HarborSignOn, HarborStores
from kubestrata import Reference
from kubestrata.constructs.network import ServiceEndpoint

REALM = "platform"
MINIO = ("10.25.11.3", 9000)
SSO, GRAFANA = DOMAIN.sub("sso"), DOMAIN.sub("grafana")
HARBOR, GITLAB = DOMAIN.sub("infra").sub("harbor"), DOMAIN.sub("apps").sub("gitlab")
_INFRA, _APPS = "kubernetes/infra", "kubernetes/apps"
# Each application reads its own entry; the realm reads the same one.
CLIENTS = (
    RealmClient("gitlab", GITLAB, "/users/auth/openid_connect/callback", f"{_APPS}/gitlab/oidc"),
    RealmClient("grafana", GRAFANA, "/login/generic_oauth", f"{_INFRA}/grafana/oidc"),
    RealmClient("harbor", HARBOR, "/c/oidc/callback", f"{_INFRA}/harbor/oidc"),
)


@dataclass(frozen=True, slots=True)
class InfraData:
    """Data services of infra that its tenants use: the poolers of two databases, and a cache.

    `storage_class` is for replicated volumes.
    """

    keycloak: ServiceEndpoint
    harbor: ServiceEndpoint
    cache: ServiceEndpoint
    storage_class: Reference


def sign_on(shared: Shared, pooler: ServiceEndpoint) -> KeycloakServer:
    """Add Keycloak with its operator; `pooler` leads to its database."""
    cluster, namespaces = shared.cluster, shared.namespaces
    Crds(cluster, "keycloak", source=catalogue.CRDS_KEYCLOAK)
    controller = KeycloakController(
        cluster,
        namespace=namespaces.keycloak_operator_system,
        watched=namespaces.keycloak_system,
    )
    cluster.offer(controller.operator)
    return KeycloakServer(
        cluster,
        namespace=namespaces.keycloak_system,
        host=SSO,
        issuer=shared.issuer,
        pooler=pooler,
        secrets=KeycloakSecrets(
            database=f"{_INFRA}/cloudnative-pg/keycloak", administrator=f"{_INFRA}/keycloak/admin"
        ),
        realm=REALM,
        clients=CLIENTS,
    )


def run_infra_tenants(shared: Shared, data: InfraData) -> None:
    """Add the tenants of infra."""
    sso = sign_on(shared, data.keycloak)
    ExternalHarbor(
        shared.cluster,
        namespace=shared.namespaces.harbor,
        host=HARBOR,
        stores=HarborStores(
            pooler=data.harbor,
            database="harbor",
            user="harbor",
            cache=data.cache,
            s3=MINIO,
            storage_class=data.storage_class,
        ),
        entries=f"{_INFRA}/harbor",
        sign_on=HarborSignOn(sso.realm.issuer, "harbor", f"{_INFRA}/harbor/oidc"),
    )
