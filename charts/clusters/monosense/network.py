"""Network policies of monosense.io that belong to no component of a program."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import Endpoint, Flow, Pods


class ScraperNetwork(Component):
    """The egress of the pods that scrape metrics: to pods and nodes, on any port."""

    def __init__(self, scope: Cluster, *, namespace: Reference, scraper: Pods) -> None:
        super().__init__(scope, "scraper-network", layer="observability", namespace=namespace)
        flows = [Flow.to_cluster(), Flow.to_nodes(), Flow.to_kubernetes_api()]
        Endpoint(scraper, (), self).allow(*flows, policy="vmagent")
