"""Interface of the monitoring stack that a cluster has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.observability.alert import RuleGroup
from kubestrata.constructs.observability.alert_evaluation import Evaluation
from kubestrata.constructs.observability.grafana import Grafana
from kubestrata.constructs.observability.scrape_target import ScrapeTarget, StaticTargets
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource


class Monitoring(ABC):
    """Turns scrapes and rules into the objects of an operator.

    `scraper` are the pods that scrape metrics, for network policies; `labels` are those that the
    operator selects objects by, none where it selects all; `grafana` delivers dashboards, None
    where the cluster has none.
    """

    def __init__(
        self,
        *,
        scraper: Pods,
        labels: Mapping[str, str] | None = None,
        grafana: Grafana | None = None,
    ) -> None:
        self.scraper = scraper
        self.labels = dict(labels or {})
        self.grafana = grafana

    def scrape(self, scope: Construct, id: str, target: ScrapeTarget) -> Resource:
        """Create one object that makes the scraper read `target`."""
        if target.service_labels is None:
            return self.scrape_pods(scope, id, target)
        return self.scrape_services(scope, id, target)

    @abstractmethod
    def scrape_pods(self, scope: Construct, id: str, target: ScrapeTarget) -> Resource:
        """Create one object that finds the target by the labels of its pods."""

    @abstractmethod
    def scrape_services(self, scope: Construct, id: str, target: ScrapeTarget) -> Resource:
        """Create one object that finds the target by the labels of its Services."""

    @abstractmethod
    def static_scrape(self, scope: Construct, id: str, targets: StaticTargets) -> Resource:
        """Create one object that makes the scraper read hosts with fixed names."""

    @abstractmethod
    def rules(
        self, scope: Construct, id: str, groups: Sequence[RuleGroup], labels: Mapping[str, str]
    ) -> Resource:
        """Create one object with rules; `labels` select the evaluator if there are several."""

    def metadata(self, labels: Mapping[str, str] | None = None) -> k8s.ObjectMeta | None:
        """Return metadata with the labels that the operator selects by, and further ones."""
        found = {**self.labels, **(labels or {})}
        return k8s.ObjectMeta(labels=found) if found else None

    @abstractmethod
    def evaluation(self, scope: Construct, id: str, evaluation: Evaluation) -> Resource:
        """Create an additional rule evaluator; raises MissingOffer if the operator runs none."""
