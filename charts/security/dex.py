"""Single sign-on for operators, with the accounts and roles of Mastodon."""

from collections.abc import Sequence

from charts import catalogue
from charts.infrastructure.internal_issuers import Names, internal_certificate
from charts.resource_request import resources
from kubestrata import Cluster, Host, JsonObject, Reference
from kubestrata.constructs import (
    ExternalSecret,
    Flow,
    GatewayReference,
    HelmComponent,
    RemoteKey,
    Route,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.identity import StoredClient, StoredLogins

_PORT = 5556
_ID = "MASTODON_CLIENT_ID"
_SECRET = "MASTODON_CLIENT_SECRET"  # noqa: S105  # an environment variable


class Dex(HelmComponent):
    """Dex with three replicas, its clients, and one connector: Mastodon at `mastodon`.

    `user_info` is the URL of the account and the roles of who logs in. Groups are
    `mastodon:<role>`. Dex waits for the two Secrets of its environment. Provide `logins` to the
    cluster.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway: GatewayReference,
        mastodon: Host,
        user_info: str,
        clients: Sequence[StoredClient],
    ) -> None:
        host = scope.host("idp")
        self.logins = StoredLogins(issuer=f"https://{host}", clients=clients)
        super().__init__(
            scope,
            "dex",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.DEX,
            values=_values(
                _config(host, mastodon, user_info, clients),
                [SECRETS, CLIENT_SECRETS],
            ),
            flows=[Flow.to_kubernetes_api(), Flow.to_hosts(mastodon)],
        )
        self.secrets = ExternalSecret(self, SECRETS, source=_CONNECTOR).secret
        secrets = SecretSource.keys({_variable(each): each.secret for each in clients})
        self.client_secrets: SecretReference = ExternalSecret(
            self, CLIENT_SECRETS, source=secrets
        ).secret
        service = self.release.service("dex", _PORT)
        Route(self, "idp-route", host=host, gateway=gateway, to=service)

    def certify(self, issuer: Reference) -> None:
        """Add the certificate `dex-tls` of the issuer's host and the hosts below it."""
        host = self.cluster.host("idp")
        internal_certificate(self, "dex-tls", issuer=issuer, names=Names([host.wildcard, host]))


SECRETS = "dex-secrets"
CLIENT_SECRETS = "static-client-secrets"
_CONNECTOR = SecretSource.keys(
    {_ID: RemoteKey("dex-mastodon-client-id"), _SECRET: RemoteKey("dex-mastodon-client-secret")}
)


def _variable(client: StoredClient) -> str:
    """Return the variable of Dex with the secret of a client."""
    return f"STATIC_CLIENT_{client.application.id.upper()}_SECRET"


def _client(client: StoredClient) -> JsonObject:
    """Return the entry of `staticClients`."""
    application = client.application
    return {
        "id": application.id,
        "name": application.name,
        "secretEnv": _variable(client),
        "redirectURIs": list(application.redirects),
    }


def _values(config: JsonObject, environment: Sequence[str]) -> JsonObject:
    return {
        "replicaCount": 3,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 2},
        "resources": resources("10m", "100Mi", "100Mi"),
        "https": {"enabled": False},
        "ingress": {"enabled": False},
        "envFrom": [{"secretRef": {"name": name}} for name in environment],
        "config": config,
    }


def _config(
    host: Host, mastodon: Host, user_info: str, clients: Sequence[StoredClient]
) -> JsonObject:
    issuer = f"https://{host}"
    return {
        "issuer": issuer,
        "storage": {"type": "kubernetes", "config": {"inCluster": True}},
        "enablePasswordDB": False,
        "oauth2": {
            "responseTypes": ["code", "id_token", "token"],
            "skipApprovalScreen": True,
        },
        "staticClients": [_client(each) for each in clients],
        "connectors": [
            {
                "type": "oauth",
                "id": "mastodon",
                "name": f"Mastodon ({mastodon})",
                "config": {
                    # Dex replaces both from its environment.
                    "clientID": f"${_ID}",
                    "clientSecret": f"${_SECRET}",
                    "redirectURI": f"{issuer}/callback",
                    "authorizationURL": f"https://{mastodon}/oauth/authorize",
                    "tokenURL": f"https://{mastodon}/oauth/token",
                    "userInfoURL": user_info,
                    "scopes": ["profile"],
                    "userIDKey": "id",
                    "claimMapping": {
                        "userNameKey": "acct",
                        "preferredUsernameKey": "acct",
                        "groupsKey": "groups",
                    },
                },
            }
        ],
    }
