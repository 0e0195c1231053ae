"""A Helm chart installed by Flux, with remediation and drift detection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from kubeapis import fluxcd
from kubestrata.constructs.helm.helm_chart import HelmChart, OwnChart
from kubestrata.constructs.helm.patch import Patch
from kubestrata.constructs.helm.release_policy import ReleasePolicy
from kubestrata.constructs.helm.values_from import ValuesFrom
from kubestrata.constructs.network.connection import Endpoint, NetworkParty, allow_flows
from kubestrata.constructs.network.flow import Flow, PodPort
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.render import unfold
from kubestrata.core.source import ROOT_SOURCE, OciChart
from kubestrata.core.struct import Struct
from kubestrata.core.tree import path_of
from kubestrata.core.value.duration import Duration

_INTERVAL = Duration("1h")
_INSTANCE = "app.kubernetes.io/instance"


class HelmRelease(Construct, NetworkParty):
    """One HelmRelease; the chart's source becomes one source object for the cluster.

    `values` are the chart's struct of `kubeapis.helm`, or any mapping, which is not checked. They
    override `values_from`, where later entries override earlier ones. `creates` are API groups of
    objects that the chart's templates create with these values (a ServiceMonitor, for example):
    their CRDs must exist before. `pods` are all pods with the release's instance label.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        chart: HelmChart | OwnChart,
        values: Struct | JsonObject | None = None,
        values_from: Sequence[ValuesFrom] = (),
        creates: Sequence[str] = (),
        patches: Sequence[Patch] = (),
        policy: ReleasePolicy | None = None,
        interval: Duration | None = None,
        timeout: Duration | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-release")
        origin = caller(path_of(scope, id))
        if isinstance(values, Struct):
            values = unfold(values, origin, "values")
        self._component = component = component_of(scope)
        policy = policy or ReleasePolicy()
        name = policy.placement.release_name(id)
        if isinstance(chart, HelmChart):
            component.uses_repository(chart.source)
        component.requires(creates)
        here = component.default_namespace(origin)
        self.resource = fluxcd.HelmRelease(
            self,
            id,
            spec=msgspec.structs.replace(
                release_spec(chart, policy, component.cluster.delivery.namespace),
                interval=interval or _INTERVAL,
                timeout=timeout,
                post_renderers=_post_renderers(component, patches),
                values_from=[each.entry(here) for each in values_from] or None,
                values=values or None,
            ),
        )
        component.provides(chart.provides, by=self.resource)
        target = policy.placement.target
        self._networks: dict[str, Construct] = {}
        self.pods = Pods(id, target.object_name if target else here, {_INSTANCE: name})

    def service(self, name: str, port: int) -> ServiceReference:
        """Return a Service that the chart creates."""
        return ServiceReference(self.makes("", "Service", name), port)

    def makes(self, group: str, kind: str, name: str, *, namespaced: bool = True) -> Reference:
        """Return any object of the chart, in the release's target namespace or cluster-scoped."""
        namespace = self.pods.namespace if namespaced else None
        return Reference(self._component, group, kind, name, namespace, self.resource)

    def some_pods(self, name: str, labels: Mapping[str, str]) -> Pods:
        """Return the pods of the release with these labels; policies use `name` for them."""
        return Pods(name, self.pods.namespace, {**self.pods.labels, **labels})

    def allow(self, *flows: Flow, pods: Pods | None = None) -> None:
        """Allow `flows` for `pods`, by default all pods of the release.

        The first flows of the pods become one policy with their name; later flows become one policy
        each, `<pods>-to-<peer>` or `<pods>-from-<peer>`. Nothing is created where the cluster has
        no Network.
        """
        if self._component.cluster.find(Network) is None or not flows:
            return
        pods = pods or self.pods
        if pods.name in self._networks:
            for flow in flows:
                allow_flows(self._networks[pods.name], pods, [flow])
            return
        self._networks[pods.name] = Construct(self, f"{pods.name}-network")
        allow_flows(self._networks[pods.name], pods, flows, name=pods.name)

    def _party(self) -> Endpoint:
        return self.endpoint()

    def endpoint(self, *ports: PodPort, labels: Mapping[str, str] | None = None) -> Endpoint:
        """Return the pods of the release that listen on container `ports`, for `connect_to`.

        `labels` select some of the release's pods.
        """
        pods = self.some_pods(self.pods.name, labels or {})
        numbers = Flow.to_pods(pods, *ports).ports
        return Endpoint(pods, numbers, self._component, self.resource.ref)


def release_spec(
    chart: HelmChart | OwnChart, policy: ReleasePolicy, namespace: str
) -> fluxcd.HelmReleaseSpec:
    """Return the spec of a release with its source in `namespace`, and its remediation."""
    by_name, by_reference = _chart(chart, namespace)
    placement = policy.placement
    return fluxcd.HelmReleaseSpec(
        interval=_INTERVAL,
        chart=by_name,
        chart_ref=by_reference,
        release_name=placement.name,
        target_namespace=placement.target.name if placement.target else None,
        storage_namespace=placement.storage.name if placement.storage else None,
        max_history=policy.upgrade.history,
        install=policy.install(chart.crds),
        upgrade=policy.upgrading(chart.crds),
        test=policy.testing(),
        drift_detection=policy.drift.render(),
    )


def _post_renderers(
    component: Component, patches: Sequence[Patch]
) -> list[fluxcd.HelmReleaseSpecPostRenderers] | None:
    made = [patch.render() for patch in patches]
    for _, references in made:
        for reference in references:
            component.needs(reference)
    kustomize = fluxcd.HelmReleaseSpecPostRenderersKustomize(patches=[each for each, _ in made])
    return [fluxcd.HelmReleaseSpecPostRenderers(kustomize=kustomize)] if made else None


def _chart(
    chart: HelmChart | OwnChart, namespace: str
) -> tuple[fluxcd.HelmReleaseSpecChart | None, fluxcd.HelmReleaseSpecChartRef | None]:
    if isinstance(chart, OwnChart):
        return fluxcd.HelmReleaseSpecChart(spec=_own(chart, namespace)), None
    source = chart.source
    if isinstance(source, OciChart):
        return None, fluxcd.HelmReleaseSpecChartRef(
            kind="OCIRepository", name=source.name, namespace=namespace
        )
    repository = fluxcd.HelmReleaseSpecChartSpecSourceRef(
        kind="HelmRepository", name=source.name, namespace=namespace
    )
    spec = fluxcd.HelmReleaseSpecChartSpec(
        chart=chart.name, version=chart.version, source_ref=repository
    )
    return fluxcd.HelmReleaseSpecChart(spec=spec), None


def _own(chart: OwnChart, namespace: str) -> fluxcd.HelmReleaseSpecChartSpec:
    """Return the chart of a folder: each commit that changes it is upgraded to."""
    repository = fluxcd.HelmReleaseSpecChartSpecSourceRef(
        kind="GitRepository", name=ROOT_SOURCE, namespace=namespace
    )
    return fluxcd.HelmReleaseSpecChartSpec(
        chart=f"./{chart.path}", reconcile_strategy="Revision", source_ref=repository
    )
