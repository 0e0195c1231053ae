"""Monitoring by the Prometheus operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s, prometheus
from kubestrata.constructs.observability.alert import Alert, Record, RuleGroup
from kubestrata.constructs.observability.alert_evaluation import Evaluation
from kubestrata.constructs.observability.monitoring import Monitoring
from kubestrata.constructs.observability.scrape_target import (
    ScrapeTarget,
    ScrapeTls,
    StaticTargets,
)
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue, MissingOffer
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource


class PrometheusOperator(Monitoring):
    """PodMonitor, ServiceMonitor, ScrapeConfig and PrometheusRule objects."""

    def scrape_pods(self, scope: Construct, id: str, target: ScrapeTarget) -> prometheus.PodMonitor:
        """Create one PodMonitor."""
        tls, bearer = target.access.tls, target.access.bearer
        endpoint = prometheus.PodMonitorSpecPodMetricsEndpoints(
            port=target.port_name,
            port_number=target.port_number,
            path=target.path,
            interval=target.interval,
            scheme="https" if tls is not None else None,
            tls_config=_tls(tls),
            authorization=_authorization(bearer),
        )
        return prometheus.PodMonitor(
            scope,
            id,
            metadata=self.metadata(),
            spec=prometheus.PodMonitorSpec(
                namespace_selector=_namespace(scope, target),
                selector=k8s.LabelSelector(match_labels=target.labels or None),
                pod_metrics_endpoints=[endpoint],
            ),
        )

    def scrape_services(
        self, scope: Construct, id: str, target: ScrapeTarget
    ) -> prometheus.ServiceMonitor:
        """Create one ServiceMonitor."""
        tls, bearer = target.access.tls, target.access.bearer
        endpoint = prometheus.ServiceMonitorSpecEndpoints(
            port=target.port_name,
            path=target.path,
            interval=target.interval,
            scheme="https" if tls is not None else None,
            tls_config=_service_tls(tls),
            authorization=_authorization(bearer),
        )
        return prometheus.ServiceMonitor(
            scope,
            id,
            metadata=self.metadata(),
            spec=prometheus.ServiceMonitorSpec(
                namespace_selector=_namespace(scope, target),
                selector=k8s.LabelSelector(match_labels=target.labels or None),
                endpoints=[endpoint],
            ),
        )

    def static_scrape(
        self, scope: Construct, id: str, targets: StaticTargets
    ) -> prometheus.ScrapeConfig:
        """Create a ScrapeConfig with one static group; the job has its name."""
        tls, bearer = targets.access.tls, targets.access.bearer
        group = prometheus.ScrapeConfigSpecStaticConfigs(
            targets=targets.targets, labels=targets.labels or None
        )
        return prometheus.ScrapeConfig(
            scope,
            id,
            metadata=self.metadata(),
            spec=prometheus.ScrapeConfigSpec(
                job_name=id,
                static_configs=[group],
                metrics_path=targets.path,
                params=targets.params or None,
                scrape_interval=targets.interval,
                scheme="HTTPS" if tls is not None else None,
                tls_config=_tls(tls),
                authorization=_authorization(bearer),
            ),
        )

    def rules(
        self, scope: Construct, id: str, groups: Sequence[RuleGroup], labels: Mapping[str, str]
    ) -> prometheus.PrometheusRule:
        """Create one PrometheusRule; raises InvalidValue for rules over logs."""
        for group in groups:
            if group.language != "metrics":
                why = "is over logs, and Prometheus evaluates rules over metrics only"
                raise InvalidValue(f"RuleGroup {group.name!r}", why)
        spec = prometheus.PrometheusRuleSpec(groups=[_group(group) for group in groups])
        return prometheus.PrometheusRule(scope, id, metadata=self.metadata(labels), spec=spec)

    def evaluation(self, scope: Construct, id: str, evaluation: Evaluation) -> Resource:
        """Raise MissingOffer: only Prometheus itself evaluates rules."""
        cluster = component_of(scope).cluster.name
        why = f"cluster {cluster} is monitored by Prometheus, which evaluates the rules itself"
        fix = "provide VictoriaMetrics(...) to the cluster, or remove the AlertEvaluation"
        raise MissingOffer(f"evaluation {id!r} of {evaluation.source}", why, fix)


def _namespace(
    scope: Construct, target: ScrapeTarget
) -> prometheus.PodMonitorSpecNamespaceSelector | None:
    names = target.namespaces_from(component_of(scope).home_namespace)
    return prometheus.PodMonitorSpecNamespaceSelector(match_names=names) if names else None


def _ca(tls: ScrapeTls) -> prometheus.ScrapeConfigSpecTlsConfigCa | None:
    return (
        None if tls.ca is None else prometheus.ScrapeConfigSpecTlsConfigCa(secret=tls.ca.selector)
    )


def _tls(tls: ScrapeTls | None) -> prometheus.ScrapeConfigSpecTlsConfig | None:
    if tls is None:
        return None
    return prometheus.ScrapeConfigSpecTlsConfig(
        ca=_ca(tls),
        server_name=tls.server_name,
        insecure_skip_verify=None if tls.verify else True,
    )


def _service_tls(tls: ScrapeTls | None) -> prometheus.ServiceMonitorSpecEndpointsTlsConfig | None:
    if tls is None:
        return None
    return prometheus.ServiceMonitorSpecEndpointsTlsConfig(
        ca=_ca(tls),
        server_name=tls.server_name,
        insecure_skip_verify=None if tls.verify else True,
    )


def _authorization(bearer: SecretKey | None) -> prometheus.ScrapeConfigSpecAuthorization | None:
    if bearer is None:
        return None
    return prometheus.ScrapeConfigSpecAuthorization(credentials=bearer.selector)


def _group(group: RuleGroup) -> prometheus.PrometheusRuleSpecGroups:
    return prometheus.PrometheusRuleSpecGroups(
        name=group.name,
        interval=group.interval,
        rules=[_rule(rule) for rule in group.rules],
    )


def _rule(rule: Alert | Record) -> prometheus.PrometheusRuleSpecGroupsRules:
    if isinstance(rule, Record):
        return prometheus.PrometheusRuleSpecGroupsRules(
            record=rule.name, expr=rule.expression, labels=rule.labels or None
        )
    return prometheus.PrometheusRuleSpecGroupsRules(
        alert=rule.name,
        expr=rule.expression,
        for_=rule.for_,
        keep_firing_for=rule.keep_firing_for,
        labels=rule.all_labels,
        annotations=rule.annotations,
    )
