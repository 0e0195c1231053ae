"""Mastodon on goingdark: its data services, their secrets, its pods and its network policies."""

from charts.apps.mastodon.database import DatabaseBackups, MastodonDatabase
from charts.apps.mastodon.database_login import DatabaseLogin
from charts.apps.mastodon.environment import MastodonServices, MastodonSite
from charts.apps.mastodon.mastodon import Mastodon
from charts.apps.mastodon.network import MastodonNetwork, Outsiders
from charts.apps.mastodon.placement import MastodonPriorities
from charts.apps.mastodon.redis import MastodonRedis
from charts.apps.mastodon.runbook import MastodonRunbooks
from charts.apps.mastodon.search import MastodonSearch
from charts.apps.mastodon.secret_key import APP, ONION, SECRETS, WALG
from charts.apps.mastodon.tor import OnionService, TorProxy
from charts.clusters.goingdark.infrastructure import Foundation
from charts.clusters.goingdark.namespaces import Namespaces
from charts.observability.single_node_stack import VMAGENT
from charts.security.credentials import Credentials
from kubestrata import Cluster, Component
from kubestrata.constructs import Pods

# Hetzner's volumes, encrypted by a passphrase of the cluster.
_STORAGE = "hcloud-volumes-encrypted-xfs"
# An input of whoever delivers this cluster: the account at Cloudflare.
_R2 = "https://00000000000000000000000000000000.r2.cloudflarestorage.com"
_BACKUPS = "s3://mastovault/cnpg/mastodon-database"


_ONION = "eopvgbrhvri7tj2gbvssa3zpgxzm6rbwf6ozmk33elox3kce3zo75gid.onion"


def run_mastodon(
    cluster: Cluster, namespaces: Namespaces, foundation: Foundation, metrics: Component
) -> None:
    """Add Mastodon with all that it needs; `metrics` provides those of its autoscalers."""
    home = namespaces.mastodon
    site = MastodonSite(cluster.domain, media=cluster.host("cdn"), onion=_ONION)
    priorities = MastodonPriorities(cluster)
    MastodonNetwork(
        cluster,
        namespace=home,
        cilium=foundation.cilium,
        outsiders=Outsiders(
            scraper=VMAGENT,
            postgres=Pods("cloudnative-pg", namespaces.cnpg_system.object_name),
            search=Pods("eck-operator", namespaces.elastic_system.object_name),
        ),
    )
    secrets = Credentials(
        cluster, "mastodon-secrets", layer="platform", namespace=home, secrets=SECRETS
    ).secrets
    database = MastodonDatabase(
        cluster,
        namespace=home,
        operators=(foundation.postgres, foundation.backups),
        storage_class=_STORAGE,
        priorities=priorities,
        backups=DatabaseBackups(_BACKUPS, _R2, secrets[WALG]),
    )
    services = MastodonServices(
        database=database,
        redis=MastodonRedis(cluster, namespace=home, priorities=priorities),
        search=MastodonSearch(
            cluster,
            namespace=home,
            operator=foundation.elastic,
            issuer=foundation.internal_issuer,
            priorities=priorities,
        ),
        secrets=secrets[APP],
        login=DatabaseLogin(cluster, database=database).secret,
        tor=TorProxy(cluster, namespace=home).service,
    )
    mastodon = Mastodon(
        cluster,
        namespace=home,
        services=services,
        priorities=priorities,
        gateway=foundation.gateway.apex,
        site=site,
        metrics=metrics,
    )
    OnionService(cluster, namespace=home, keys=secrets[ONION], mastodon=mastodon)
    MastodonRunbooks(cluster, namespace=home, services=services, site=site, after=mastodon)
