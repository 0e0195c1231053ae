"""Secrets of Harbor, which exist before its chart is rendered."""

from charts.tooling.harbor import value
from charts.tooling.harbor.pods import NAME
from charts.tooling.harbor.secret import internal_secrets, secret_key
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import ExternalSecret, SecretReference, SecretSource
from kubestrata.constructs.secret import Refresh


class CloudHarborSecrets(Component):
    """Passwords from the cluster's secret store, and secrets that Harbor's services share.

    The chart reads the cache's password from the cluster while it is rendered.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, f"{NAME}-secrets", layer="tooling", namespace=namespace)
        self.administrator = self._fetched("admin", "password")
        self.cache = self._fetched("valkey", value.CACHE_KEY)
        self.secret_key = secret_key(self)
        self.internal = internal_secrets(self)

    def _fetched(self, entry: str, key: str) -> SecretReference:
        source = SecretSource.all_of(f"{NAME}/{entry}/password", keys=[key])
        name, refresh = f"{NAME}-{entry}-password", Refresh.every("20m")
        return ExternalSecret(self, name, source=source, refresh=refresh).secret
