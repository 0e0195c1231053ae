"""Scraping of pods that construct libraries make, where the cluster has somebody who scrapes."""

from __future__ import annotations

from kubestrata.constructs.network.peer import Pods
from kubestrata.core.node import Construct


def watch(scope: Construct, id: str, pods: Pods, *, port: str, number: int) -> None:
    """Scrape the metrics of `pods` at the port named `port`, whose number is `number`."""
