"""Secrets of a namespace whose values are in the secret store, one key each."""

from collections.abc import Mapping

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretReference, SecretSource


class Credentials(Component):
    """ExternalSecrets from the cluster's store: Secret -> key of the Secret -> key in the store."""

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        layer: str,
        namespace: Reference,
        secrets: Mapping[str, Mapping[str, str]],
    ) -> None:
        super().__init__(scope, name, layer=layer, namespace=namespace)
        self.secrets: Mapping[str, SecretReference] = {
            secret: ExternalSecret(
                self,
                secret,
                source=SecretSource.keys({key: RemoteKey(path) for key, path in keys.items()}),
            ).secret
            for secret, keys in secrets.items()
        }
