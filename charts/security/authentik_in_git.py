"""Authentik configured by files of this repository: blueprints, and Secrets encrypted in Git."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from charts import catalogue
from charts.security.authentik import AuthentikServer
from kubestrata import Cluster, Frozen, Namespace, ServiceReference
from kubestrata.constructs import EncryptedSecret, GatewayReference, Route
from kubestrata.constructs.identity import BlueprintLogins, DomainProxy, OidcApplication

_NAME = "authentik"
_VERSION = "2025.12.4"


class AuthentikFiles(Frozen):
    """The encrypted Secrets `authentik-secrets` and `authentik-clients`.

    The keys of the first are variables of Authentik: its secret key, the first password and token
    of the administrator, and the password of the database. The second has a key
    `<APPLICATION>_CLIENT_SECRET` for each application.
    """

    secrets: Path
    clients: Path


class AuthentikInGit(AuthentikServer):
    """Authentik with its database `authentik` at `database`, and the blueprints of its clients.

    `logins` is the provider of `applications`, `proxy` the login before routes of all others.
    `route_labels` exempt Authentik's own route from it.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        gateway: GatewayReference,
        database: ServiceReference,
        applications: Sequence[OidcApplication],
        files: AuthentikFiles,
        route_labels: Mapping[str, str],
    ) -> None:
        super().__init__(scope, namespace=Namespace(_NAME, pod_security="baseline"))
        secrets = EncryptedSecret(self, f"{_NAME}-secrets", file=files.secrets).secret
        clients = EncryptedSecret(self, f"{_NAME}-clients", file=files.clients).secret
        self.logins = BlueprintLogins(
            self.host,
            [each.client(clients.key(f"{each.id.upper()}_CLIENT_SECRET")) for each in applications],
        )
        self.proxy = DomainProxy(host=self.host, domain=scope.domain)
        blueprints = [
            self.logins.write(self, f"{_NAME}-logins"),
            self.proxy.write(self, f"{_NAME}-proxy"),
        ]
        self.service = self.install(
            {
                "authentik": {
                    "error_reporting": {"enabled": False},
                    "postgresql": {"host": database.host, "name": _NAME, "user": _NAME},
                },
                "blueprints": {"configMaps": [each.name for each in blueprints]},
            },
            chart=catalogue.AUTHENTIK.at(_VERSION),
            environment=[secrets],
            variables=self.logins.environment,
        )
        # Without an edge: applications are delivered while Authentik is down.
        self.address = f"http://{_NAME}-server.{_NAME}.svc.cluster.local"
        Route(self, "auth", host=self.host, gateway=gateway, to=self.service, labels=route_labels)
