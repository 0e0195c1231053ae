"""A component that is one Helm chart."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.constructs.helm.helm_chart import HelmChart, OwnChart
from kubestrata.constructs.helm.helm_release import HelmRelease
from kubestrata.constructs.helm.values_from import ValuesFrom
from kubestrata.constructs.network.flow import Flow
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.json_value import JsonObject
from kubestrata.core.namespace import Namespace
from kubestrata.core.reconcile import Reconcile
from kubestrata.core.reference import Reference
from kubestrata.core.struct import Struct


class HelmComponent(Component):
    """A namespace, a HelmRelease named like the component, and the objects that a subclass adds.

    `values` are the chart's struct of `kubeapis.helm`, or any mapping. `flows` are the network
    flows allowed for its pods where the cluster has a Network. For options not exposed here, use a
    HelmRelease inside a Component.
    """

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        layer: str,
        namespace: Namespace | Reference,
        chart: HelmChart | OwnChart,
        values: Struct | JsonObject | None = None,
        values_from: Sequence[ValuesFrom] = (),
        creates: Sequence[str] = (),
        flows: Sequence[Flow] = (),
        reconcile: Reconcile | None = None,
    ) -> None:
        super().__init__(scope, name, layer=layer, namespace=namespace, reconcile=reconcile)
        settings = reconcile or Reconcile()
        self.release = HelmRelease(
            self,
            name,
            chart=chart,
            values=values,
            values_from=values_from,
            creates=creates,
            interval=settings.interval,
            timeout=settings.timeout,
        )
        self.release.allow(*flows)
