"""Flux watched: its controllers' metrics, and alerts on what they reconcile."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.observability import FluxMonitoring


class FluxObservability(Component):
    """A scrape of Flux' controllers, and the rules on what they reconcile."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "flux-observability", layer="observability", namespace=namespace)
        FluxMonitoring(self)
