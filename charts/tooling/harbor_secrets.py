"""Secrets of Harbor, which exist before its chart is rendered."""

from charts.tooling import harbor_value
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import ExternalSecret, GeneratedPassword, SecretReference, SecretSource
from kubestrata.constructs.secret import PasswordFormat, Refresh, SecretTemplate

_NAME = "harbor"
# The length of an AES-128 key.
_SECRET_KEY = PasswordFormat(length=16, digits=4)


class HarborSecrets(Component):
    """Passwords from the cluster's secret store, and secrets that Harbor's services share.

    The chart reads the cache's password from the cluster while it is rendered.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, f"{_NAME}-secrets", layer="tooling", namespace=namespace)
        self.administrator = self._fetched("admin", "password")
        self.cache = self._fetched("valkey", harbor_value.CACHE_KEY)
        self.secret_key = GeneratedPassword(
            self, f"{_NAME}-secret-key", keys=["secretKey"], format=_SECRET_KEY
        ).secret
        registry = f'{{{{ htpasswd "{harbor_value.REGISTRY_USER}" .REGISTRY_PASSWD }}}}'
        self.internal = GeneratedPassword(
            self,
            f"{_NAME}-internal",
            keys=harbor_value.INTERNAL_KEYS,
            template=SecretTemplate({"REGISTRY_HTPASSWD": registry}, keeps="all"),
        ).secret

    def _fetched(self, entry: str, key: str) -> SecretReference:
        source = SecretSource.all_of(f"{_NAME}/{entry}/password", keys=[key])
        name, refresh = f"{_NAME}-{entry}-password", Refresh.every("20m")
        return ExternalSecret(self, name, source=source, refresh=refresh).secret
