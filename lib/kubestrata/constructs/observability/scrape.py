"""Scrapes of metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubestrata.constructs.network.connection import allow_flows
from kubestrata.constructs.network.flow import Flow, PodPort
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import RuleGroup
from kubestrata.constructs.observability.alert_rule import AlertRules
from kubestrata.constructs.observability.monitoring import Monitoring
from kubestrata.constructs.observability.scrape_target import (
    ScrapeAccess,
    ScrapeTarget,
    StaticTargets,
)
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource
from kubestrata.core.value.duration import Duration


class Scrape(Construct):
    """A scrape of the cluster's monitoring, and the policy that admits the scraper to the port.

    VMPodScrape or PodMonitor; with `service_labels` VMServiceScrape or ServiceMonitor. The policy
    `<id>-from-<scraper>` is beside the pods; there is none where the cluster has no Network or the
    namespace has no default deny. Raises MissingOffer where the cluster has
    no Monitoring.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pods: Pods,
        port: str | int,
        path: str = "/metrics",
        interval: Duration | None = None,
        service_labels: Mapping[str, str] | None = None,
        pod_port: PodPort | None = None,
        access: ScrapeAccess | None = None,
        monitoring: Monitoring | None = None,
    ) -> None:
        """`port` is a name: the container's, or with `service_labels` the Service's.

        A number is for a port that the container does not declare.

        `monitoring` None is the cluster's; another one is for kinds that its operator converts.
        """
        super().__init__(scope, f"{id}-scrape")
        component = component_of(self)
        cluster = component.cluster
        monitoring = monitoring or cluster.ask(Monitoring)
        access = access or ScrapeAccess()
        access.require_namespace(component.home_namespace.object_name)
        target = ScrapeTarget(pods, port, path, interval, service_labels, pod_port, access)
        self.resource: Resource = monitoring.scrape(self, id, target)
        network = cluster.find(Network)
        self.policy: Resource | None = None
        if network is not None and network.denies(cluster, pods.namespace):
            scraper = monitoring.scraper
            flow = Flow.from_pods(scraper, target.admitted)
            self.policy = allow_flows(self, pods, [flow], name=f"{id}-from-{scraper.name}")


class StaticScrape(Construct):
    """One VMScrapeConfig or ScrapeConfig that reads hosts with fixed names.

    Raises MissingOffer where the cluster has no Monitoring.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        targets: Sequence[str],
        path: str = "/metrics",
        interval: Duration | None = None,
        labels: Mapping[str, str] | None = None,
        params: Mapping[str, Sequence[str]] | None = None,
        access: ScrapeAccess | None = None,
    ) -> None:
        """`targets` are `host:port`; `labels` are added to all of their series.

        `params` are the query parameters of the URL.
        """
        super().__init__(scope, f"{id}-static-scrape")
        component = component_of(self)
        access = access or ScrapeAccess()
        access.require_namespace(component.home_namespace.object_name)
        static = StaticTargets(
            targets, path, interval, dict(labels or {}), dict(params or {}), access
        )
        self.resource: Resource = component.cluster.ask(Monitoring).static_scrape(self, id, static)


def watch(
    scope: Construct,
    id: str,
    pods: Pods,
    *,
    port: str,
    number: int,
    alerts: RuleGroup | None = None,
    access: ScrapeAccess | None = None,
) -> None:
    """Scrape `pods` at the port named `port`, whose number is `number`, and add the alerts.

    Nothing is created where the cluster has no Monitoring.
    """
    if component_of(scope).cluster.find(Monitoring) is None:
        return
    Scrape(scope, id, pods=pods, port=port, pod_port=number, access=access)
    if alerts is not None:
        AlertRules(scope, id, groups=[alerts])
