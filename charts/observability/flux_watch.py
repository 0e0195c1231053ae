"""Monitoring of Flux: metrics, alerts on objects that do not reconcile, and events."""

from collections.abc import Sequence

from kubestrata import Cluster, Component, Reference, ServiceReference
from kubestrata.constructs.observability import (
    EventSource,
    FluxMonitoring,
    Notification,
    Receiver,
)


class FluxWatch(Component):
    """Scrape and alerts of Flux, and a Flux Alert that sends errors to Alertmanager.

    `releases` are the namespaces whose HelmReleases are watched.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        alertmanager: ServiceReference,
        releases: Sequence[Reference],
    ) -> None:
        super().__init__(scope, "flux-monitoring", layer="observability", namespace=namespace)
        FluxMonitoring(self)
        Notification(
            self,
            "flux-errors",
            to=Receiver.alertmanager(alertmanager),
            sources=_sources(scope.delivery.namespace, releases),
        )


def _sources(flux: str, releases: Sequence[Reference]) -> list[EventSource]:
    namespaces = sorted({namespace.object_name for namespace in releases})
    return [
        EventSource("GitRepository", flux),
        EventSource("HelmRepository", flux),
        EventSource("Kustomization", flux),
        EventSource("OCIRepository", flux),
        *(EventSource("HelmRelease", namespace) for namespace in namespaces),
    ]
