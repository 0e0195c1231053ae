"""Monitoring by the VictoriaMetrics operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s, victoria_metrics
from kubestrata.constructs.observability.alert import Alert, Record, RuleGroup
from kubestrata.constructs.observability.alert_evaluation import EVALUATION, Evaluation
from kubestrata.constructs.observability.monitoring import Monitoring
from kubestrata.constructs.observability.scrape_target import (
    ScrapeTarget,
    ScrapeTls,
    StaticTargets,
)
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct

# vmalert's group type for VictoriaLogs and VictoriaTraces.
_LOGS = "vlogs"


class VictoriaMetrics(Monitoring):
    """VMPodScrape, VMServiceScrape, VMScrapeConfig, VMRule and VMAlert objects."""

    def scrape_pods(
        self, scope: Construct, id: str, target: ScrapeTarget
    ) -> victoria_metrics.VMPodScrape:
        """Create one VMPodScrape."""
        tls, bearer = target.access.tls, target.access.bearer
        endpoint = victoria_metrics.VMPodScrapeSpecPodMetricsEndpoints(
            port=target.port_name,
            port_number=target.port_number,
            path=target.path,
            interval=target.interval,
            scheme="https" if tls is not None else None,
            tls_config=_tls(tls),
            bearer_token_secret=bearer.selector if bearer is not None else None,
        )
        return victoria_metrics.VMPodScrape(
            scope,
            id,
            metadata=self.metadata(),
            spec=victoria_metrics.VMPodScrapeSpec(
                namespace_selector=_namespace(scope, target),
                selector=k8s.LabelSelector(match_labels=target.labels or None),
                pod_metrics_endpoints=[endpoint],
            ),
        )

    def scrape_services(
        self, scope: Construct, id: str, target: ScrapeTarget
    ) -> victoria_metrics.VMServiceScrape:
        """Create one VMServiceScrape."""
        tls, bearer = target.access.tls, target.access.bearer
        endpoint = victoria_metrics.VMServiceScrapeSpecEndpoints(
            port=target.port_name,
            path=target.path,
            interval=target.interval,
            scheme="https" if tls is not None else None,
            tls_config=_tls(tls),
            bearer_token_secret=bearer.selector if bearer is not None else None,
        )
        return victoria_metrics.VMServiceScrape(
            scope,
            id,
            metadata=self.metadata(),
            spec=victoria_metrics.VMServiceScrapeSpec(
                namespace_selector=_namespace(scope, target),
                selector=k8s.LabelSelector(match_labels=target.labels or None),
                endpoints=[endpoint],
            ),
        )

    def static_scrape(
        self, scope: Construct, id: str, targets: StaticTargets
    ) -> victoria_metrics.VMScrapeConfig:
        """Create a VMScrapeConfig with one static group."""
        tls, bearer = targets.access.tls, targets.access.bearer
        group = victoria_metrics.VMScrapeConfigSpecStaticConfigs(
            targets=targets.targets, labels=targets.labels or None
        )
        return victoria_metrics.VMScrapeConfig(
            scope,
            id,
            metadata=self.metadata(),
            spec=victoria_metrics.VMScrapeConfigSpec(
                static_configs=[group],
                path=targets.path,
                params=targets.params or None,
                interval=targets.interval,
                scheme="https" if tls is not None else None,
                tls_config=_tls(tls),
                bearer_token_secret=bearer.selector if bearer is not None else None,
            ),
        )

    def rules(
        self, scope: Construct, id: str, groups: Sequence[RuleGroup], labels: Mapping[str, str]
    ) -> victoria_metrics.VMRule:
        """Create one VMRule; groups over logs have vmalert's type `vlogs`."""
        spec = victoria_metrics.VMRuleSpec(groups=[_group(group) for group in groups])
        return victoria_metrics.VMRule(scope, id, metadata=self.metadata(labels), spec=spec)

    def evaluation(
        self, scope: Construct, id: str, evaluation: Evaluation
    ) -> victoria_metrics.VMAlert:
        """Create one VMAlert that selects the rules with its label, in every namespace."""
        logs = evaluation.language == "logs"
        write = read = None
        if (results := evaluation.results) is not None:
            write = victoria_metrics.VMAlertSpecRemoteWrite(url=results.write)
            read = victoria_metrics.VMAlertSpecRemoteRead(url=results.read)
        return victoria_metrics.VMAlert(
            scope,
            id,
            spec=victoria_metrics.VMAlertSpec(
                datasource=victoria_metrics.VMAlertSpecDatasource(url=evaluation.source),
                notifiers=[victoria_metrics.VMAlertSpecNotifiers(url=evaluation.notifier)],
                remote_write=write,
                remote_read=read,
                evaluation_interval=evaluation.interval,
                rule_selector=victoria_metrics.VMAlertSpecRuleSelector(
                    match_labels={EVALUATION: id}
                ),
                rule_namespace_selector=victoria_metrics.VMAlertSpecRuleNamespaceSelector(),
                extra_args={"rule.defaultRuleType": _LOGS} if logs else None,
                use_strict_security=True,
            ),
        )


def _namespace(
    scope: Construct, target: ScrapeTarget
) -> victoria_metrics.VMPodScrapeSpecNamespaceSelector | None:
    names = target.namespaces_from(component_of(scope).home_namespace)
    return victoria_metrics.VMPodScrapeSpecNamespaceSelector(match_names=names) if names else None


def _tls(tls: ScrapeTls | None) -> victoria_metrics.VMScrapeConfigSpecTlsConfig | None:
    if tls is None:
        return None
    ca = (
        None
        if tls.ca is None
        else victoria_metrics.VMScrapeConfigSpecTlsConfigCa(secret=tls.ca.selector)
    )
    return victoria_metrics.VMScrapeConfigSpecTlsConfig(
        ca=ca,
        server_name=tls.server_name,
        insecure_skip_verify=None if tls.verify else True,
    )


def _group(group: RuleGroup) -> victoria_metrics.VMRuleSpecGroups:
    return victoria_metrics.VMRuleSpecGroups(
        name=group.name,
        interval=group.interval,
        type=_LOGS if group.language == "logs" else None,
        rules=[_rule(rule) for rule in group.rules],
    )


def _rule(rule: Alert | Record) -> victoria_metrics.VMRuleSpecGroupsRules:
    if isinstance(rule, Record):
        return victoria_metrics.VMRuleSpecGroupsRules(
            record=rule.name, expr=rule.expression, labels=rule.labels or None
        )
    return victoria_metrics.VMRuleSpecGroupsRules(
        alert=rule.name,
        expr=rule.expression,
        for_=rule.for_,
        keep_firing_for=rule.keep_firing_for,
        labels=rule.all_labels,
        annotations=rule.annotations,
    )
