"""GitLab, whose database, cache and buckets run elsewhere."""

from charts import catalogue
from charts.tooling.gitlab import value
from charts.tooling.gitlab.secret import GitLabSecrets
from charts.tooling.gitlab.store import GitLabStores
from kubestrata import Cluster, Component, Duration, Host, Reconcile, Reference
from kubestrata.constructs import Endpoint, Flow, Gateways, HelmRelease, Pods, Route
from kubestrata.constructs.network import NetworkPort, ServiceEndpoint
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "gitlab"
_TIMEOUT = Duration("30m")
# Of Workhorse, in front of Rails, and of the registry.
_WEB, _REGISTRY = 8181, 5000
_RELEASE = {"release": _NAME}
# The label `app` of pods -> the name and the number of their port with metrics.
_METRICS = {
    "gitaly": ("http-metrics", 9236),
    "gitlab-exporter": ("http-metrics", 9168),
    "sidekiq": ("http-metrics", 3807),
    "webservice": ("http-metrics-ws", 8083),
}


class GitLab(Component):
    """GitLab at `host` and its registry, behind the public Gateway.

    `entries` is where the store has its logins; `web` and `images` are the ways in for runners of
    this cluster.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        host: Host,
        registry: Host,
        stores: GitLabStores,
        entries: str,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=_TIMEOUT),
        )
        secrets = GitLabSecrets(self, entries=entries, objects=stores.objects, host=host)
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.GITLAB,
            values={
                **value.without_bundled(),
                "global": value.shared(
                    host, registry, domain=scope.domain, stores=stores, secrets=secrets
                ),
                "registry": value.registry(secrets),
                "gitlab": value.parts(stores, secrets),
            },
            timeout=_TIMEOUT,
        )
        self.web = self._way_in("webservice", "webservice-default", _WEB)
        self.images = self._way_in("registry", "registry", _REGISTRY)
        self._allow(stores)
        if scope.find(Monitoring) is not None:
            self._scrape()
        gateway = scope.ask(Gateways).with_visibility("public")
        self.routes = [
            Route(self, f"{_NAME}-web", host=host, gateway=gateway, to=self.web),
            Route(self, f"{_NAME}-registry", host=registry, gateway=gateway, to=self.images),
        ]

    def _scrape(self) -> None:
        for app, (port, number) in _METRICS.items():
            name = f"{_NAME}-{app.removeprefix(f'{_NAME}-')}"
            labels = {**_RELEASE, "app": app}
            pods = Pods(name, self.release.pods.namespace, labels)
            Scrape(self, name, pods=pods, port=port, pod_port=number)

    def _way_in(self, app: str, service: str, port: int) -> ServiceEndpoint:
        labels = {**_RELEASE, "app": app}
        pods = Pods(f"{_NAME}-{app}", self.release.pods.namespace, labels)
        end = Endpoint(pods, (NetworkPort(port),), self, self.release.resource.ref)
        return end.behind(self.release.service(f"{_NAME}-{service}", port))

    def _allow(self, stores: GitLabStores) -> None:
        """Allow all pods each other, the stores, providers of sign-on and mail servers.

        The chart's Jobs create Secrets by the API server.
        """
        every = Pods(_NAME, self.release.pods.namespace, _RELEASE)
        objects = stores.objects
        self.release.allow(
            Flow.to_pods(every),
            Flow.from_pods(every),
            Flow.to_addresses(f"{objects.address}/32", ports=[objects.port]),
            *(Flow.to_pods(each.pods, *each.ports) for each in stores.endpoints),
            Flow.to_internet(25, 443, 587),
            pods=every,
        )
        # Its pods are those of Jobs of the chart, which create Secrets.
        jobs = Pods(f"{_NAME}-shared-secrets", every.namespace, {**_RELEASE, "app": _NAME})
        self.release.allow(Flow.to_kubernetes_api(), pods=jobs)
