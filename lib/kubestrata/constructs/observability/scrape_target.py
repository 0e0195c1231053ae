"""What is scraped and how, whoever scrapes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kubestrata.constructs.network.flow import NamedPort, PodPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.errors import InvalidValue
from kubestrata.core.reference import Reference
from kubestrata.core.value.duration import Duration

_TARGET = re.compile(r"[^\s/:]+:[0-9]{1,5}\Z")


@dataclass(frozen=True, slots=True)
class ScrapeTls:
    """The target speaks TLS.

    `ca` is who signed its certificate, None for the public ones; without `verify` any certificate
    will do.
    """

    ca: SecretKey | None = None
    server_name: str | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class ScrapeAccess:
    """How a target lets itself be read; `bearer` is the token that it wants to see."""

    tls: ScrapeTls | None = None
    bearer: SecretKey | None = None

    def require_namespace(self, namespace: str) -> None:
        """Raise InvalidReference for a Secret elsewhere: scrapes read their own namespace only."""
        for key in (self.bearer, self.tls.ca if self.tls is not None else None):
            if key is not None:
                key.secret.require_namespace(namespace)


@dataclass(frozen=True, slots=True)
class ScrapeTarget:
    """Pods that show metrics at `path` of the port named `port`.

    With `service_labels` they are found through the Services that have these labels, and `port`
    is the Service's; else through the pods' own labels, and `port` is the container's. `pod_port`
    is what network policies admit: the container's port where it is called otherwise.
    """

    pods: Pods
    port: str
    path: str = "/metrics"
    interval: Duration | None = None
    service_labels: Mapping[str, str] | None = None
    pod_port: PodPort | None = None
    access: ScrapeAccess = field(default_factory=ScrapeAccess)

    def __post_init__(self) -> None:
        NamedPort(self.port)
        check_path(self.path)

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that the target is found by."""
        return self.pods.labels if self.service_labels is None else self.service_labels

    def namespaces_from(self, home: Reference) -> list[str]:
        """The namespaces to look in, none where that is the scrape's own."""
        return [] if home.object_name == self.pods.namespace else [self.pods.namespace]

    @property
    def admitted(self) -> PodPort:
        """The port that the scraper must be let in to."""
        return NamedPort(self.port) if self.pod_port is None else self.pod_port


@dataclass(frozen=True, slots=True)
class StaticTargets:
    """Hosts with fixed names, most of them outside of the cluster: `host:port`."""

    targets: Sequence[str]
    path: str = "/metrics"
    interval: Duration | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    params: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    access: ScrapeAccess = field(default_factory=ScrapeAccess)

    def __post_init__(self) -> None:
        check_path(self.path)
        if not self.targets:
            raise InvalidValue("targets", "are none", "name one as 'host:port'")
        for target in self.targets:
            if not _TARGET.match(target):
                why, fix = "is not host:port", "write 'nas.example.com:9100'"
                raise InvalidValue(f"target {target!r}", why, fix)


def check_path(path: str) -> None:
    """Raise InvalidValue for what is not the path of a URL."""
    if not path.startswith("/") or any(sign.isspace() or sign in "?#" for sign in path):
        raise InvalidValue(f"path {path!r}", "is not a path", "write '/metrics'")
