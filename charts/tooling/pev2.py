"""Visualization of PostgreSQL query plans."""

from kubestrata import Cluster, Component, Image, Quantity, Reference
from kubestrata.constructs import Container, Exposure, Probes, Resources, Scaling, Workload

# The published pev2 page, served by an unprivileged nginx.
_IMAGE = Image("ghcr.io/smana/pev2:v1.17.0")
_CONTAINER = Container(
    probes=Probes(liveness="/", readiness="/"),
    resources=Resources.of("10m", "32Mi", memory_limit="128Mi"),
    writable={"/tmp": Quantity("32Mi")},  # noqa: S108  # in the container
)


class Pev2(Component):
    """A page that visualizes query plans of the platform's databases, for operators."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "pev2", layer="tooling", namespace=namespace)
        route = Exposure(visibility="private", host="pev2")
        self.app = Workload(
            self,
            "xplane-pev2",
            image=_IMAGE,
            container=_CONTAINER,
            scaling=Scaling(min=1, max=3),
            route=route,
        )
