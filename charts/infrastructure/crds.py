"""CRDs that outlive the charts of their controllers."""

from kubestrata import Cluster, Component, Namespace, Reference, RemoteManifests
from kubestrata.constructs import HelmChart, HelmComponent


class Crds(Component):
    """The CustomResourceDefinitions of one upstream repository, never pruned."""

    def __init__(self, scope: Cluster, name: str, *, source: RemoteManifests) -> None:
        super().__init__(scope, name, layer="infrastructure", source=source)


class CrdChart(HelmComponent):
    """A release with CustomResourceDefinitions only."""

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        namespace: Namespace | Reference,
        chart: HelmChart,
        layer: str = "infrastructure",
    ) -> None:
        super().__init__(scope, name, layer=layer, namespace=namespace, chart=chart)
