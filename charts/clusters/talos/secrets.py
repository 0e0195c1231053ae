"""Secrets of talos: Vault, and External Secrets with Vault as the store."""

from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.security.vault_secrets import VaultControllers, VaultRootToken, VaultStores
from charts.security.vault_server import BankVaults, VaultServer
from kubestrata import Cluster, Frozen
from kubestrata.constructs import SecretReference


class Secrets(Frozen):
    """Vault, and its root token in Flux's namespace as the key `vault_token`."""

    server: VaultServer
    root_token: SecretReference


def keep_secrets(
    cluster: Cluster, namespaces: Namespaces, foundation: Foundation, controllers: VaultControllers
) -> Secrets:
    """Add Vault, and provide it as the secret store of the cluster."""
    cluster.offer(BankVaults(cluster, namespace=namespaces.vault).offer)
    server = VaultServer(
        cluster,
        namespace=namespaces.vault,
        issuer=foundation.internal_issuer,
        storage_class=foundation.storage_class,
        clients=[namespaces.flux_system],
        trusted=foundation.bundle.copy_in(namespaces.vault),
    )
    stores = VaultStores(
        cluster,
        controllers=controllers,
        server=server,
        bundle=foundation.bundle,
        read=namespaces.authentik,
    )
    cluster.offer(stores.vault)
    token = VaultRootToken(
        cluster, namespace=namespaces.flux_system, controllers=controllers, server=server
    )
    return Secrets(server, token.secret)
