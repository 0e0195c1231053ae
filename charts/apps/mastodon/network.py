"""Network policies of Mastodon's namespace, which denies everything else."""

from collections.abc import Mapping

from charts.apps.mastodon.database import NAME as DATABASE
from charts.apps.mastodon.environment import EXPORTER_PORT, STREAMING_PORT, WEB_PORT
from charts.apps.mastodon.job import JOB
from charts.apps.mastodon.part import SEARCH_CLIENT, WORKER
from charts.apps.mastodon.redis import NAME as REDIS
from charts.apps.mastodon.redis import PORT as REDIS_PORT
from kubestrata import Cluster, Component, Frozen, Reference
from kubestrata.constructs import CiliumNetwork, Flow, Pods
from kubestrata.constructs.network import Entity

_NAME = "app.kubernetes.io/name"
_CLUSTER, _ROLE = "cnpg.io/cluster", "cnpg.io/podRole"
_POSTGRES, _POSTGRES_METRICS, _INSTANCE_MANAGER = 5432, 9187, 8000
_SEARCH, _SEARCH_NODES, _PROXY, _HTTPS = 9200, 9300, 8118, 443
# The port of the mail server is in the secret store.
_MAIL = (25, 465, 587)
# Pods of the namespace by the name of their policy.
_PODS: Mapping[str, Mapping[str, str]] = {
    "web": {_NAME: "mastodon-web"},
    "streaming": {_NAME: "mastodon-streaming"},
    "workers": WORKER,
    "mailer": {_NAME: "mastodon-sidekiq-background"},
    "jobs": JOB,
    "search-clients": SEARCH_CLIENT,
    "onion": {_NAME: "mastodon-onion"},
    "tor-proxy": {_NAME: "tor-proxy"},
    "redis": {_NAME: REDIS},
    "pooler-rw": {"app": f"{DATABASE}-pooler-rw"},
    "pooler-ro": {"app": f"{DATABASE}-pooler-ro"},
    "postgres": {_CLUSTER: DATABASE, _ROLE: "instance"},
    # Instances, and the jobs that create them.
    "postgres-all": {_CLUSTER: DATABASE},
    "search": {"elasticsearch.k8s.elastic.co/cluster-name": "elasticsearch"},
}
_FRONT, _POOLERS = ("web", "streaming"), ("pooler-rw", "pooler-ro")
_SERVERS = (*_FRONT, "workers")
# From pods, to pods, at ports.
_INSIDE: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    *((each, "redis", (REDIS_PORT,)) for each in (*_SERVERS, "jobs")),
    *((each, pooler, (_POSTGRES,)) for each in (*_SERVERS, "jobs") for pooler in _POOLERS),
    *((pooler, "postgres", (_POSTGRES,)) for pooler in _POOLERS),
    ("jobs", "postgres", (_POSTGRES,)),
    ("postgres-all", "postgres", (_POSTGRES, _INSTANCE_MANAGER)),
    ("search-clients", "search", (_SEARCH,)),
    ("search", "search", (_SEARCH_NODES,)),
    ("web", "tor-proxy", (_PROXY,)),
    ("workers", "tor-proxy", (_PROXY,)),
    ("onion", "web", (WEB_PORT,)),
    ("onion", "streaming", (STREAMING_PORT,)),
)


class Outsiders(Frozen, kw_only=True):
    """Pods of other namespaces that Mastodon's pods admit.

    These are the scraper of metrics, and the operators of PostgreSQL and of Elasticsearch.
    """

    scraper: Pods
    postgres: Pods
    search: Pods


class MastodonNetwork(Component):
    """Default deny, DNS for all pods, and a policy for each kind of pod with its flows.

    Policies of the cluster let Redis be reached by any pod, and let Redis and Tor reach anything.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, cilium: Reference, outsiders: Outsiders
    ) -> None:
        super().__init__(scope, "mastodon-network", layer="platform", namespace=namespace)
        self.needs(cilium)
        engine, home = CiliumNetwork(), namespace.object_name
        engine.add_to_namespace(self, namespace)
        pods = {name: Pods(name, home, labels) for name, labels in _PODS.items()}
        flows: dict[str, list[Flow]] = {name: [] for name in _PODS}
        for source, target, ports in _INSIDE:
            flows[source].append(Flow.to_pods(pods[target], *ports))
            flows[target].append(Flow.from_pods(pods[source], *ports))
        for name, more in _outside(outsiders).items():
            flows[name] += more
        for name, found in flows.items():
            if found:
                engine.policy(self, f"mastodon-{name}", pods[name], found)


def _outside(outsiders: Outsiders) -> Mapping[str, list[Flow]]:
    """Return the flows of some pods to and from everything outside of the namespace."""
    proxies, scraper = Entity("gateway"), outsiders.scraper
    api, internet = Flow.to_kubernetes_api(), Flow.to_internet(_HTTPS)
    return {
        "web": [
            Flow.of("ingress", proxies, WEB_PORT),
            Flow.from_pods(scraper, EXPORTER_PORT),
            internet,
        ],
        "streaming": [
            Flow.of("ingress", proxies, STREAMING_PORT),
            Flow.from_pods(scraper, STREAMING_PORT),
        ],
        # Other servers, media, hCaptcha.
        "workers": [Flow.from_pods(scraper, EXPORTER_PORT), internet],
        "mailer": [Flow.to_internet(*_MAIL)],
        "jobs": [internet],
        "tor-proxy": [Flow.to_internet()],
        "postgres": [
            Flow.from_pods(scraper, _POSTGRES_METRICS),
            Flow.from_pods(outsiders.postgres, _INSTANCE_MANAGER),
        ],
        # Backups are in R2.
        "postgres-all": [api, internet],
        "pooler-rw": [api],
        "pooler-ro": [api],
        "search": [Flow.from_pods(outsiders.search, _SEARCH)],
    }
