"""Monitoring of Flux: metrics, alerts on objects that do not reconcile, and events."""

from collections.abc import Sequence

from kubestrata import Cluster, Component, Reference, ServiceReference
from kubestrata.constructs import ExternalSecret, SecretSource
from kubestrata.constructs.observability import (
    EventSource,
    FluxMonitoring,
    Notification,
    Receiver,
)

_NOTIFICATION = "flux-errors"


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
            _NOTIFICATION,
            to=Receiver.alertmanager(alertmanager),
            sources=_sources(scope.delivery.namespace, releases),
        )


class FluxObservability(Component):
    """A scrape of the Flux controllers, and alerts on the objects that they reconcile."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "flux-observability", layer="observability", namespace=namespace)
        FluxMonitoring(self)


class FluxNotifications(Component):
    """One Provider and one Alert beside Flux, which sends errors to Slack.

    `releases` are the namespaces whose HelmReleases are watched.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, releases: Sequence[Reference]
    ) -> None:
        super().__init__(scope, "flux-notifications", layer="observability", namespace=namespace)
        source = SecretSource.all_of("observability/flux/slack-app", keys=["token"])
        secret = ExternalSecret(self, "flux-slack-app", source=source).secret
        Notification(
            self,
            _NOTIFICATION,
            to=Receiver.slack_bot(secret, channel="alerts"),
            sources=_sources(scope.delivery.namespace, releases),
            summary=scope.name,
            # Transient messages: an error follows if the problem persists.
            exclude=["^Dependencies do not meet ready condition", "waiting.*socket"],
        )


def _sources(flux: str, releases: Sequence[Reference]) -> list[EventSource]:
    """Return the objects of the delivery, and the releases of namespaces."""
    namespaces = sorted({namespace.object_name for namespace in releases})
    return [
        EventSource("GitRepository", flux),
        EventSource("HelmRepository", flux),
        EventSource("Kustomization", flux),
        EventSource("OCIRepository", flux),
        *(EventSource("HelmRelease", namespace) for namespace in namespaces),
    ]
