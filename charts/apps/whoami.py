"""The smoke test, and the pattern of an app."""

from kubestrata import Cluster, Component, Image, Namespace, Port
from kubestrata.constructs import GatewayReference, Route, Workload

_IMAGE = Image("docker.io/traefik/whoami:v1.11.0")
_PORT = Port(8080)


class Whoami(Component):
    """A web server that answers with what it was asked."""

    def __init__(self, scope: Cluster, *, gateway: GatewayReference) -> None:
        super().__init__(
            scope, "whoami", layer="apps", namespace=Namespace("whoami", pod_security="restricted")
        )
        workload = Workload(
            self,
            "whoami",
            image=_IMAGE,
            port=_PORT,
            args=[f"--port={_PORT}"],
            probe_path="/health",
        )
        Route(self, "whoami", host=scope.host("whoami"), gateway=gateway, to=workload.service)
