"""Monitoring of components installed before GitOps, and alerts on parts of the platform."""

from charts.observability.alerts import platform
from charts.observability.platform_scrape import (
    scrape_machines,
    scrape_network,
    scrape_openbao,
)
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.observability import AlertRules


class PlatformMonitoring(Component):
    """Scrapes of components installed before GitOps, and alerts on parts of the platform."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "platform-monitoring", layer="observability", namespace=namespace)
        scrape_network(self)
        scrape_openbao(self)
        scrape_machines(self)
        AlertRules(self, "platform", groups=platform.GROUPS)
