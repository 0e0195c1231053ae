"""A component with two connected workloads, for tests of the kit."""

from __future__ import annotations

from kubestrata import Cluster, Component, Image, Namespace
from kubestrata.constructs import Exposure, Flow, Workload

WEB, API = "Deployment/web", "Deployment/api"


class Shop(Component):
    """A web application, its API, and a payment provider."""

    def __init__(self, scope: Cluster) -> None:
        home = Namespace("shop", pod_security="restricted")
        super().__init__(scope, "shop", layer="apps", namespace=home)
        self.api = Workload(self, "api", image=Image("registry.example.com/api:1.4.0"))
        web = Workload(
            self,
            "web",
            image=Image("registry.example.com/web:1.4.0"),
            route=Exposure(visibility="public"),
        )
        web.connect_to(self.api)
        self.api.allow(Flow.to_hosts("payments.example.net"))
