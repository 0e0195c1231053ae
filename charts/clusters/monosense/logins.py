"""Logins of monosense.io: the applications, and the realm of Keycloak that registers them."""

from charts.clusters.monosense.shared import DOMAIN
from charts.observability.grafana_login import grafana_application
from charts.tooling.gitlab.secret import gitlab_application
from charts.tooling.harbor.external import harbor_application
from kubestrata.constructs import RemoteKey
from kubestrata.constructs.identity import OidcApplication, StoredClient, StoredLogins

REALM = "platform"
SSO, GRAFANA = DOMAIN.sub("sso"), DOMAIN.sub("grafana")
HARBOR, GITLAB = DOMAIN.sub("infra").sub("harbor"), DOMAIN.sub("apps").sub("gitlab")
"""Hosts of Keycloak, and of the applications."""


def _client(application: OidcApplication, cluster: str) -> StoredClient:
    """Return an application with its entry in the store, which the realm reads too."""
    entry = f"kubernetes/{cluster}/{application.id}/oidc"
    return StoredClient(
        application, RemoteKey(entry, "client_secret"), RemoteKey(entry, "client_id")
    )


GRAFANA_CLIENT = grafana_application(GRAFANA, scopes=["email", "profile", "roles"])
CLIENTS = (
    _client(gitlab_application(GITLAB), "apps"),
    _client(GRAFANA_CLIENT, "infra"),
    _client(harbor_application(HARBOR), "infra"),
)
LOGINS = StoredLogins(issuer=f"https://{SSO}/realms/{REALM}", clients=CLIENTS)
"""The provider of both clusters."""
