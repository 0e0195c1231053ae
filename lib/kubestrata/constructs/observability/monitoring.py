"""Who watches the cluster; offered by the cluster, asked by constructs."""

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
    """Turns one declaration of scrapes and rules into the objects of its operator.

    `scraper` are the pods that read metrics, as network policies see them; `labels` are those that
    the operator looks for on what it reads, none where it reads everything; `grafana` shows
    dashboards, None where the cluster has none.
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
        """One object that makes the scraper read `target`."""
        if target.service_labels is None:
            return self.scrape_pods(scope, id, target)
        return self.scrape_services(scope, id, target)

    @abstractmethod
    def scrape_pods(self, scope: Construct, id: str, target: ScrapeTarget) -> Resource:
        """One object that finds the target by the labels of its pods."""

    @abstractmethod
    def scrape_services(self, scope: Construct, id: str, target: ScrapeTarget) -> Resource:
        """One object that finds the target by the labels of its Services."""

    @abstractmethod
    def static_scrape(self, scope: Construct, id: str, targets: StaticTargets) -> Resource:
        """One object that makes the scraper read hosts with fixed names."""

    @abstractmethod
    def rules(
        self, scope: Construct, id: str, groups: Sequence[RuleGroup], labels: Mapping[str, str]
    ) -> Resource:
        """One object with rules; `labels` choose the evaluator where there are several."""

    def metadata(self, labels: Mapping[str, str] | None = None) -> k8s.ObjectMeta | None:
        """The labels that the operator looks for, and further ones."""
        found = {**self.labels, **(labels or {})}
        return k8s.ObjectMeta(labels=found) if found else None

    @abstractmethod
    def evaluation(self, scope: Construct, id: str, evaluation: Evaluation) -> Resource:
        """A further evaluator of rules; raises MissingOffer where the operator runs none."""
