"""Notifications of Flux events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kubeapis import fluxcd
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import ServiceReference

EventKind = Literal[
    "Bucket",
    "GitRepository",
    "HelmChart",
    "HelmRelease",
    "HelmRepository",
    "Kustomization",
    "OCIRepository",
]
Medium = Literal["alertmanager", "discord", "generic", "slack"]
_SLACK_API = "https://slack.com/api/chat.postMessage"


class EventSource(Frozen):
    """Flux objects in one namespace; `*` is every object of the kind.

    Plain names: an alert must not wait for the objects that it watches.
    """

    kind: EventKind
    namespace: str
    name: str = "*"


class Receiver(Frozen):
    """The destination of events; use one of the factories below. `name` is the Provider's.

    A Secret has the key `address` (a confidential webhook URL) or `token`.
    """

    medium: Medium
    name: str
    address: str | None = None
    channel: str | None = None
    secret: SecretReference | None = None

    @classmethod
    def slack(cls, webhook: SecretReference, *, channel: str, name: str = "slack") -> Receiver:
        """Return an incoming webhook of Slack."""
        webhook.key("address")
        return cls("slack", name, channel=channel, secret=webhook)

    @classmethod
    def slack_bot(cls, token: SecretReference, *, channel: str, name: str = "slack") -> Receiver:
        """Return a bot of Slack, which needs the permission chat:write."""
        token.key("token")
        return cls("slack", name, _SLACK_API, channel, token)

    @classmethod
    def discord(cls, webhook: SecretReference, *, name: str = "discord") -> Receiver:
        """Return a webhook of Discord."""
        webhook.key("address")
        return cls("discord", name, secret=webhook)

    @classmethod
    def alertmanager(cls, service: ServiceReference, *, name: str = "alertmanager") -> Receiver:
        """Return an Alertmanager in the cluster, which routes the events."""
        return cls("alertmanager", name, service.url("/api/v2/alerts/"))

    @classmethod
    def webhook(cls, secret: SecretReference, *, name: str = "webhook") -> Receiver:
        """Return a generic webhook that accepts Flux events as JSON."""
        secret.key("address")
        return cls("generic", name, secret=secret)


class Notification(Construct):
    """One Provider named like the receiver, and one Alert that sends events to it.

    Raises InvalidReference for a Secret in another namespace, InvalidValue without sources.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        to: Receiver,
        sources: Sequence[EventSource],
        severity: Literal["error", "info"] = "error",
        summary: str | None = None,
        exclude: Sequence[str] = (),
    ) -> None:
        """`exclude` are regular expressions: events with a matching message are not sent."""
        super().__init__(scope, f"{id}-notification")
        if not sources:
            raise InvalidValue(f"notification {id!r}", "watches nothing")
        secret = None
        if to.secret is not None:
            secret = fluxcd.ProviderSpecSecretRef(name=to.secret.name)
        self.provider = fluxcd.Provider(
            self,
            to.name,
            spec=fluxcd.ProviderSpec(
                type=to.medium, address=to.address, channel=to.channel, secret_ref=secret
            ),
        )
        if to.secret is not None:
            to.secret.require_namespace(self.provider.identity.namespace)
        self.resource = fluxcd.Alert(
            self,
            id,
            spec=fluxcd.AlertSpec(
                provider_ref=fluxcd.AlertSpecProviderRef(name=self.provider.name),
                event_severity=severity,
                event_sources=[_source(source) for source in sources],
                exclusion_list=exclude or None,
                summary=summary,
            ),
        )


def _source(source: EventSource) -> fluxcd.AlertSpecEventSources:
    return fluxcd.AlertSpecEventSources(
        kind=source.kind, name=source.name, namespace=source.namespace
    )
