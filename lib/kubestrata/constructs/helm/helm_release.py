"""A Helm chart installed by Flux, with remediation and drift detection."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import fluxcd
from kubestrata.constructs.helm.helm_chart import HelmChart
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.render import unfold
from kubestrata.core.struct import Struct
from kubestrata.core.tree import component_of, path_of
from kubestrata.core.value.duration import Duration

_RETRIES = 3


class HelmRelease(Construct):
    """One HelmRelease; the chart's repository becomes one source object for the cluster.

    `values` are the chart's struct of `kubeapis.helm`, or any mapping; nothing checks a mapping.
    `creates` are API groups that the chart's templates make objects of with these values
    (a ServiceMonitor, say): their CRDs must exist before.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        chart: HelmChart,
        values: Struct | JsonObject | None = None,
        creates: Sequence[str] = (),
        interval: Duration | None = None,
        timeout: Duration | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-release")
        if isinstance(values, Struct):
            values = unfold(values, caller(path_of(scope, id)), "values")
        component = component_of(scope)
        component.uses_repository(chart.repository)
        component.requires(creates)
        self.resource = fluxcd.HelmRelease(
            self,
            id,
            spec=fluxcd.HelmReleaseSpec(
                interval=interval or Duration("1h"),
                timeout=timeout,
                chart=_chart(chart, component.cluster.delivery.namespace),
                install=fluxcd.HelmReleaseSpecInstall(
                    crds=chart.crds,
                    remediation=fluxcd.HelmReleaseSpecInstallRemediation(retries=_RETRIES),
                ),
                upgrade=fluxcd.HelmReleaseSpecUpgrade(
                    crds=chart.crds,
                    cleanup_on_fail=True,
                    remediation=fluxcd.HelmReleaseSpecUpgradeRemediation(
                        retries=_RETRIES, remediate_last_failure=True
                    ),
                ),
                drift_detection=fluxcd.HelmReleaseSpecDriftDetection(mode="enabled"),
                values=values or None,
            ),
        )
        component.provides(chart.provides, by=self.resource)

    def service(self, name: str, port: int) -> ServiceReference:
        """A Service that the chart makes."""
        return ServiceReference(self.makes("", "Service", name), port)

    def makes(self, group: str, kind: str, name: str, *, namespaced: bool = True) -> Reference:
        """Any object that the chart makes, in the release's namespace or cluster-scoped."""
        namespace = self.resource.identity.namespace if namespaced else None
        component = self.resource.component
        return Reference(component, group, kind, name, namespace, self.resource)


def _chart(chart: HelmChart, namespace: str) -> fluxcd.HelmReleaseSpecChart:
    source = fluxcd.HelmReleaseSpecChartSpecSourceRef(
        kind="HelmRepository", name=chart.repository.name, namespace=namespace
    )
    return fluxcd.HelmReleaseSpecChart(
        spec=fluxcd.HelmReleaseSpecChartSpec(
            chart=chart.name, version=chart.version, source_ref=source
        )
    )
