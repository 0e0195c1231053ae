"""Flux watched: its metrics, alerts on objects that do not reconcile, and its own events."""

from collections.abc import Sequence

from charts.observability import flux_alert_rule
from kubeapis import fluxcd, k8s, prometheus
from kubestrata import Cluster, Component, Reference, ServiceReference

_FLUX = "flux-system"
_CONTROLLERS = (
    "helm-controller",
    "kustomize-controller",
    "notification-controller",
    "source-controller",
)


class FluxMonitoring(Component):
    """A PodMonitor, a PrometheusRule, and an Alert that sends Flux' errors to Alertmanager.

    `releases` are the namespaces whose HelmReleases are watched.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        alertmanager: ServiceReference,
        releases: Sequence[Reference],
    ) -> None:
        super().__init__(scope, "flux-monitoring", layer="observability", namespace=namespace)
        prometheus.PodMonitor(self, "flux-controllers", spec=_POD_MONITOR)
        prometheus.PrometheusRule(self, "flux-reconciliation", spec=flux_alert_rule.RULES)
        provider = fluxcd.Provider(
            self,
            "alertmanager",
            spec=fluxcd.ProviderSpec(
                type="alertmanager", address=alertmanager.url("/api/v2/alerts/")
            ),
        )
        fluxcd.Alert(
            self,
            "flux-errors",
            spec=fluxcd.AlertSpec(
                provider_ref=fluxcd.AlertSpecProviderRef(name=provider.name),
                event_severity="error",
                event_sources=_event_sources(releases),
            ),
        )


def _event_sources(releases: Sequence[Reference]) -> list[fluxcd.AlertSpecEventSources]:
    # Plain names: an alert must not wait for what it watches.
    namespaces = sorted({namespace.object_name for namespace in releases})
    return [
        fluxcd.AlertSpecEventSources(kind="GitRepository", name="*", namespace=_FLUX),
        fluxcd.AlertSpecEventSources(kind="HelmRepository", name="*", namespace=_FLUX),
        fluxcd.AlertSpecEventSources(kind="Kustomization", name="*", namespace=_FLUX),
        *(
            fluxcd.AlertSpecEventSources(kind="HelmRelease", name="*", namespace=namespace)
            for namespace in namespaces
        ),
    ]


_POD_MONITOR = prometheus.PodMonitorSpec(
    namespace_selector=prometheus.PodMonitorSpecNamespaceSelector(match_names=[_FLUX]),
    selector=k8s.LabelSelector(
        match_expressions=[
            k8s.LabelSelectorRequirement(key="app", operator="In", values=_CONTROLLERS)
        ]
    ),
    pod_metrics_endpoints=[prometheus.PodMonitorSpecPodMetricsEndpoints(port="http-prom")],
)
