"""The smoke test, and a template for apps."""

from kubestrata import Cluster, Component, Image, Namespace
from kubestrata.constructs import Container, Exposure, Probes, Resources, Scaling, Workload

_IMAGE = Image("docker.io/traefik/whoami:v1.10")
_CONTAINER = Container(
    port=8080,
    args=["--port=8080"],
    resources=Resources.of("5m", "32Mi"),
    probes=Probes(liveness="/health", readiness="/health"),
)


class Whoami(Component):
    """A web server that echoes requests."""

    def __init__(self, scope: Cluster) -> None:
        home = Namespace("whoami", pod_security="restricted")
        super().__init__(scope, "whoami", layer="apps", namespace=home)
        Workload(
            self,
            "whoami",
            image=_IMAGE,
            container=_CONTAINER,
            # On one node, a second pod would not improve availability.
            scaling=Scaling.fixed(1),
            route=Exposure(visibility="private"),
        )
