"""Addresses of load balancers on the local network, by MetalLB."""

from charts import catalogue
from charts.resource_request import CONTROL_PLANE
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import Flow, HelmRelease, Placement, ReleasePolicy

_NAME = "metallb"
_TIMEOUT = Duration("15m")


class MetalLb(Component):
    """MetalLB in `target`, with speakers on nodes of the control plane too."""

    def __init__(self, scope: Cluster, *, namespace: Reference, target: Reference) -> None:
        # Every node pulls the images of its speaker.
        reconcile = Reconcile(timeout=Duration("20m"))
        super().__init__(
            scope, _NAME, layer="infrastructure", namespace=namespace, reconcile=reconcile
        )
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.METALLB,
            policy=ReleasePolicy(placement=Placement(_NAME, target)),
            values=_VALUES,
            timeout=_TIMEOUT,
        )
        self.release.allow(Flow.to_kubernetes_api(), Flow.from_kubernetes_api(9443))


_VALUES: JsonObject = {"speaker": {"tolerations": CONTROL_PLANE}}
