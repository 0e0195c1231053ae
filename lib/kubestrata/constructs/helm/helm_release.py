"""A Helm chart installed by Flux, with remediation and drift detection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import fluxcd
from kubestrata.constructs.helm.helm_chart import HelmChart
from kubestrata.constructs.network.endpoint import Endpoint
from kubestrata.constructs.network.flow import Flow, NetworkPort
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.render import unfold
from kubestrata.core.struct import Struct
from kubestrata.core.tree import component_of, path_of
from kubestrata.core.value.duration import Duration

_RETRIES = 3
_INSTANCE = "app.kubernetes.io/instance"


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
        self.pods = Pods(id, self.resource.identity.namespace, {_INSTANCE: id})

    def service(self, name: str, port: int) -> ServiceReference:
        """A Service that the chart makes."""
        return ServiceReference(self.makes("", "Service", name), port)

    def allow(self, *flows: Flow, pods: Pods | None = None) -> None:
        """Admit `flows` for pods of the release: one policy, named as they are.

        All pods that carry the release's instance label unless given. Nothing is made where the
        cluster offers no Network.
        """
        network = self.resource.component.cluster.find(Network)
        if network is None or not flows:
            return
        pods = pods or self.pods
        network.policy(Construct(self, f"{pods.name}-network"), pods.name, pods, flows)

    def endpoint(
        self, *ports: int | NetworkPort, labels: Mapping[str, str] | None = None
    ) -> Endpoint:
        """Pods of the release that listen on `ports` (their own), for `connect`.

        `labels` tell some of the release's pods from the others.
        """
        mine = self.pods
        pods = Pods(mine.name, mine.namespace, {**mine.labels, **labels}) if labels else mine
        numbers = Flow.to_pods(pods, *ports).ports
        return Endpoint(pods, numbers, self.resource.component, self.resource.ref)

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
