"""Names of data services that run in another cluster of the mesh."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import Pods
from kubestrata.constructs.traffic import MeshService, ServicePort


class MeshDatabase(Component):
    """A global Service without pods of this cluster; `pods` are those of the other one.

    It has the name, the namespace and the port of the Service there. Clients of this cluster are
    allowed to connect by `app.allow(Flow.to_pods(pods, port))`.
    """

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        namespace: Reference,
        port: ServicePort,
        pods: Pods,
    ) -> None:
        super().__init__(scope, name, layer="tooling", namespace=namespace)
        self.pods = pods
        self.service = MeshService(self, name, ports=[port], pods=pods).port(port.port)
