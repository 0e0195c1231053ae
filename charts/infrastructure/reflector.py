"""Copies of Secrets and ConfigMaps in other namespaces."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent
from kubestrata.constructs.secret import SecretReflector


class Reflector(HelmComponent):
    """Reflector, which copies the Secrets whose annotations allow it, and the offer of it."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "reflector",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.REFLECTOR,
            values=_VALUES,
            flows=[Flow.to_kubernetes_api()],
        )
        self.offer = SecretReflector(self.release.resource.ref)


_VALUES: JsonObject = {
    "configuration": {"logging": {"minimumLevel": "Information"}, "watcher": {"timeout": 300}},
    "resources": bounded("100m", "128Mi", "200m", "256Mi"),
}
