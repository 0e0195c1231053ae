"""Secrets from 1Password, through a Connect server."""

from charts import catalogue
from charts.security.external_secrets import ExternalSecretsRelease
from kubestrata import Cluster, Component, Duration, Host, JsonObject, Reconcile, Reference
from kubestrata.constructs import SecretReference
from kubestrata.constructs.observability import Scrape
from kubestrata.constructs.secret import ClusterStore, OnePasswordConnect

_TOKEN = ("onepassword-connect-token", "token")


class OnePasswordControllers(ExternalSecretsRelease):
    """The controllers of External Secrets in two replicas.

    The baseline of their namespace allows the Connect server.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            layer="security",
            namespace=namespace,
            chart=catalogue.MIRRORED_EXTERNAL_SECRETS.without_crds(),
            values=_VALUES,
            reconcile=Reconcile(interval=Duration("10m")),
        )
        Scrape(self, "external-secrets", pods=self.controller, port="metrics")


class OnePasswordStore(Component):
    """The ClusterSecretStore `onepassword`, for every namespace.

    Its own component: the API server accepts it once the webhook of the controllers answers. The
    bootstrap creates the Secret with the token of the server.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        controllers: OnePasswordControllers,
        namespace: Reference,
        server: Host,
        vault: str,
    ) -> None:
        super().__init__(scope, "onepassword-store", layer="security", namespace=namespace)
        self.needs(controllers)
        name, key = _TOKEN
        secret = scope.given(Reference(self, "", "Secret", name, namespace.object_name))
        provider = OnePasswordConnect(
            host=f"http://{server}",
            token=SecretReference(secret, frozenset({key})).key(key),
            vaults={vault: 1},
        )
        self.store = ClusterStore(self, "onepassword", provider=provider).store


_VALUES: JsonObject = {
    "installCRDs": False,
    "replicaCount": 2,
    "leaderElect": True,
    "webhook": {"replicaCount": 2},
    "certController": {"replicaCount": 2},
}
