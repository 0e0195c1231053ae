"""Notifications of Flux errors in Slack."""

from collections.abc import Sequence

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import ExternalSecret, SecretSource
from kubestrata.constructs.observability import EventSource, Notification, Receiver


class FluxNotifications(Component):
    """One Provider and one Alert beside Flux; `releases` are namespaces with HelmReleases."""

    def __init__(
        self, scope: Cluster, *, namespace: Reference, releases: Sequence[Reference]
    ) -> None:
        super().__init__(scope, "flux-notifications", layer="observability", namespace=namespace)
        source = SecretSource.all_of("observability/flux/slack-app", keys=["token"])
        secret = ExternalSecret(self, "flux-slack-app", source=source).secret
        flux = scope.delivery.namespace
        names = sorted({each.object_name for each in releases})
        Notification(
            self,
            "flux-errors",
            to=Receiver.slack_bot(secret, channel="alerts"),
            sources=[
                EventSource("GitRepository", flux),
                EventSource("HelmRepository", flux),
                EventSource("Kustomization", flux),
                EventSource("OCIRepository", flux),
                *(EventSource("HelmRelease", name) for name in names),
            ],
            summary=scope.name,
            # Transient messages: an error follows if the problem persists.
            exclude=["^Dependencies do not meet ready condition", "waiting.*socket"],
        )
