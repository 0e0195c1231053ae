"""Secret stores, for a cluster or for one namespace.

A cluster provides its default as `SecretStoreReference`; the back ends are in `store_provider`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kubeapis import external_secrets as es
from kubestrata.constructs.secret.external_secrets_api import ExternalSecretsApi
from kubestrata.constructs.secret.store_provider import KubernetesSecrets, StoreProvider
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_CLUSTER_WIDE: Final = "ClusterSecretStore"


class SecretStoreReference(Frozen):
    """A ClusterSecretStore or SecretStore; `namespaces` are those that may use it, None for all."""

    ref: Reference
    namespaces: tuple[str, ...] | None = None

    def require_namespace(self, namespace: str) -> None:
        """Raise InvalidReference unless an ExternalSecret in `namespace` may use the store."""
        if self.namespaces is not None and namespace not in self.namespaces:
            admitted = ", ".join(sorted(self.namespaces))
            why = f"does not admit namespace {namespace!r}; it admits {admitted}"
            fix = f"admit {namespace!r}, or pass store= of that namespace"
            raise InvalidReference(str(self.ref), why, fix)

    @property
    def field(self) -> es.ExternalSecretSpecSecretStoreRef:
        """Return the `secretStoreRef` field; using it makes an edge to the store."""
        if self.ref.kind == _CLUSTER_WIDE:
            return es.ExternalSecretSpecSecretStoreRef(kind=_CLUSTER_WIDE, name=self.ref.name)
        return es.ExternalSecretSpecSecretStoreRef(kind="SecretStore", name=self.ref.name)


class ClusterStore(Construct):
    """A ClusterSecretStore for ExternalSecrets of every namespace, or of `namespaces` only."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        provider: StoreProvider,
        namespaces: Sequence[Reference] | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-store")
        admitted = None if namespaces is None else [each.name for each in namespaces]
        conditions = [es.SecretStoreSpecConditions(namespaces=admitted)] if admitted else None
        self.resource = _served(scope).cluster_secret_store(
            self, id, spec=es.SecretStoreSpec(provider=provider.field, conditions=conditions)
        )
        names = None if admitted is None else tuple(str(each) for each in admitted)
        self.store = SecretStoreReference(self.resource.ref, names)


class NamespaceStore(Construct):
    """A SecretStore, for the ExternalSecrets of its own namespace."""

    def __init__(self, scope: Construct, id: str, *, provider: StoreProvider) -> None:
        super().__init__(scope, f"{id}-store")
        own = provider.local if isinstance(provider, KubernetesSecrets) else provider.field
        self.resource = _served(scope).secret_store(self, id, spec=es.SecretStoreSpec(provider=own))
        self.store = SecretStoreReference(self.resource.ref, (self.resource.identity.namespace,))


def _served(scope: Construct) -> ExternalSecretsApi:
    return component_of(scope).cluster.find(ExternalSecretsApi) or ExternalSecretsApi()
