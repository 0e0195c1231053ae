"""Monitoring of Flux: controller metrics, and alerts on the objects that it reconciles."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.observability import FluxMonitoring


class FluxObservability(Component):
    """A scrape of the Flux controllers, and alerts on the objects that they reconcile."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "flux-observability", layer="observability", namespace=namespace)
        FluxMonitoring(self)
