"""Applications of goingdark beside Mastodon: CryptPad and hypebot."""

from charts.apps.crypt_pad import CryptPad
from charts.apps.hypebot import Hypebot
from charts.clusters.goingdark.infrastructure import Foundation
from charts.clusters.goingdark.namespaces import Namespaces
from kubestrata import Cluster
from kubestrata.constructs import SecretReference

# An input of whoever delivers this cluster: the address of who runs CryptPad.
_ADMINISTRATOR = "admin@example.org"


def run_apps(
    cluster: Cluster,
    namespaces: Namespaces,
    foundation: Foundation,
    bot: SecretReference,
) -> None:
    """Add both; `bot` is the login of hypebot's account."""
    CryptPad(
        cluster,
        namespace=namespaces.cryptpad,
        gateway=foundation.gateway.hosts,
        unsafe=cluster.host("pad"),
        safe=cluster.host("cryptpad"),
        administrator=_ADMINISTRATOR,
    )
    Hypebot(cluster, namespace=namespaces.hypebot, login=bot)
