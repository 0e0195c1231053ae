"""Data services of goingdark's Mastodon, and the secrets that its pods need."""

from charts.apps.mastodon.database import DatabaseBackups, MastodonDatabase
from charts.apps.mastodon.database_login import DatabaseLogin
from charts.apps.mastodon.placement import MastodonPriorities
from charts.apps.mastodon.search import MastodonSearch
from charts.apps.mastodon.secret_key import SECRETS, WALG
from charts.clusters.goingdark_infrastructure import Foundation
from charts.clusters.goingdark_namespaces import GoingdarkNamespaces
from charts.security.credentials import Credentials
from kubestrata import Cluster

# Hetzner's volumes, encrypted by a passphrase of the cluster.
_STORAGE = "hcloud-volumes-encrypted-xfs"
# An input of whoever delivers this cluster: the account at Cloudflare.
_R2 = "https://00000000000000000000000000000000.r2.cloudflarestorage.com"
_BACKUPS = "s3://mastovault/cnpg/mastodon-database"


def keep_data(cluster: Cluster, namespaces: GoingdarkNamespaces, foundation: Foundation) -> None:
    """Add the database, the search, and the secrets of Mastodon."""
    home = namespaces.mastodon
    priorities = MastodonPriorities(cluster)
    secrets = Credentials(
        cluster, "mastodon-secrets", layer="platform", namespace=home, secrets=SECRETS
    )
    database = MastodonDatabase(
        cluster,
        namespace=home,
        operators=(foundation.postgres, foundation.backups),
        storage_class=_STORAGE,
        priorities=priorities,
        backups=DatabaseBackups(_BACKUPS, _R2, secrets.secrets[WALG]),
    )
    DatabaseLogin(cluster, database=database)
    MastodonSearch(
        cluster,
        namespace=home,
        operator=foundation.elastic,
        issuer=foundation.internal_issuer,
        priorities=priorities,
    )
