"""Scrapes of data services whose alerts are written for the whole platform."""

from collections.abc import Mapping

from kubestrata import Cluster, Component, Duration, Reference
from kubestrata.constructs import Pods
from kubestrata.constructs.observability import Scrape


class DataScrape(Component):
    """A scrape for each of the `targets`: its name -> pods, and the name of their port."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        targets: Mapping[str, tuple[Pods, str]],
    ) -> None:
        super().__init__(scope, "data-metrics", layer="observability", namespace=namespace)
        for name, (pods, port) in targets.items():
            Scrape(self, name, pods=pods, port=port, interval=Duration("30s"))
