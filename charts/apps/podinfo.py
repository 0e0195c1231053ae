"""The basic app: an image with an exposure."""

from kubestrata import Cluster, Component, Image, Reference
from kubestrata.constructs import Container, Exposure, Workload

_IMAGE = Image("docker.io/stefanprodan/podinfo:6.9.4")


class Podinfo(Component):
    """A web server that shows information about its environment."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "podinfo", layer="apps", namespace=namespace)
        container = Container(port=9898)
        route = Exposure(visibility="private", host="podinfo")
        self.app = Workload(self, "xplane-podinfo", image=_IMAGE, container=container, route=route)
