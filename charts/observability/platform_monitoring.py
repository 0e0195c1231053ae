"""What was there before GitOps, watched, and rules on what the platform's parts report."""

from charts.observability import platform_alert
from charts.observability.platform_scrape import scrape_network, scrape_openbao
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.observability import AlertRules


class PlatformMonitoring(Component):
    """Scrapes of what was there before GitOps, and rules on what the platform's parts report."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "platform-monitoring", layer="observability", namespace=namespace)
        scrape_network(self)
        scrape_openbao(self)
        AlertRules(self, "platform", groups=platform_alert.GROUPS)
