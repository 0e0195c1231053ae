"""The smoke test, and the pattern of an app."""

from kubestrata import Cluster, Component, Image, Namespace
from kubestrata.constructs import Container, Exposure, Probes, Scaling, Workload

_IMAGE = Image("docker.io/traefik/whoami:v1.11.0")
_CONTAINER = Container(
    port=8080,
    args=["--port=8080"],
    probes=Probes(liveness="/health", readiness="/health"),
)


class Whoami(Component):
    """A web server that answers with what it was asked."""

    def __init__(self, scope: Cluster) -> None:
        home = Namespace("whoami", pod_security="restricted")
        super().__init__(scope, "whoami", layer="apps", namespace=home)
        Workload(
            self,
            "whoami",
            image=_IMAGE,
            container=_CONTAINER,
            # One node: a second pod would fail with the first.
            scaling=Scaling.fixed(1),
            route=Exposure(visibility="private"),
        )
