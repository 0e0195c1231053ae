"""CRDs that outlive the charts of their controllers, each from its upstream repository."""

from kubestrata import Cluster, Component, RemoteManifests


class Crds(Component):
    """The CustomResourceDefinitions of one upstream repository, never pruned."""

    def __init__(self, scope: Cluster, name: str, *, source: RemoteManifests) -> None:
        super().__init__(scope, f"crds-{name}", layer="infrastructure", source=source)
