"""Scrape targets, independent of the scraper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import field

from kubestrata.constructs.network.flow import NamedPort, NetworkPort, PodPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts

_TARGET = re.compile(r"[^\s/:]+:[0-9]{1,5}\Z")


class ScrapeTls(Frozen):
    """TLS settings of a target.

    `ca` signed its certificate, None for public authorities; without `verify` the certificate is
    not verified.
    """

    ca: SecretKey | None = None
    server_name: str | None = None
    verify: bool = True


class ScrapeAccess(Frozen):
    """Authentication at a target; `bearer` is the token to send."""

    tls: ScrapeTls | None = None
    bearer: SecretKey | None = None

    def require_namespace(self, namespace: str) -> None:
        """Raise InvalidReference for a Secret in another namespace, which scrapes cannot read."""
        for key in (self.bearer, self.tls.ca if self.tls is not None else None):
            if key is not None:
                key.secret.require_namespace(namespace)


class ScrapeTarget(Frozen):
    """Pods that expose metrics at `path` of the port named `port`, or with this number.

    With `service_labels` they are found by the labels of their Services, and `port` is the
    Service's; otherwise by the labels of the pods, and `port` is the container's. `pod_port` is the
    container's port for network policies, if its name differs.
    """

    pods: Pods
    port: str | int
    path: str = "/metrics"
    interval: Duration | None = None
    service_labels: Mapping[str, str] | None = None
    pod_port: PodPort | None = None
    access: ScrapeAccess = field(default_factory=ScrapeAccess)

    def __post_init__(self) -> None:
        check_texts(self)
        check_path(self.path)
        if not isinstance(self.port, int):
            NamedPort(self.port)
        elif self.service_labels is not None:
            why = "is a number, and ports of Services are found by their names"
            raise InvalidValue(f"port {self.port!r} of a scrape", why, "pass the name of the port")
        else:
            NetworkPort(self.port)

    @property
    def labels(self) -> Mapping[str, str]:
        """Return the labels that select the target."""
        return self.pods.labels if self.service_labels is None else self.service_labels

    def namespaces_from(self, home: Reference) -> list[str]:
        """Return the namespaces to search, none if that is the scrape's own."""
        return [] if home.object_name == self.pods.namespace else [self.pods.namespace]

    @property
    def admitted(self) -> PodPort:
        """Return the port that network policies must allow for the scraper."""
        if self.pod_port is not None:
            return self.pod_port
        return NetworkPort(self.port) if isinstance(self.port, int) else NamedPort(self.port)

    @property
    def port_name(self) -> str | None:
        """Return the name of the port, None if it has only a number."""
        return None if isinstance(self.port, int) else self.port

    @property
    def port_number(self) -> int | None:
        """Return the number of the port, None if it has a name."""
        return self.port if isinstance(self.port, int) else None


class StaticTargets(Frozen):
    """Hosts with fixed names, usually outside of the cluster: `host:port`."""

    targets: Sequence[str]
    path: str = "/metrics"
    interval: Duration | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    params: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    access: ScrapeAccess = field(default_factory=ScrapeAccess)

    def __post_init__(self) -> None:
        check_texts(self)
        check_path(self.path)
        if not self.targets:
            raise InvalidValue("targets", "is empty", "name one as 'host:port'")
        for target in self.targets:
            if not _TARGET.match(target):
                why, fix = "is not host:port", "write 'nas.example.com:9100'"
                raise InvalidValue(f"target {target!r}", why, fix)


def check_path(path: str) -> None:
    """Raise InvalidValue for a path that is not valid in a URL."""
    if not path.startswith("/") or any(sign.isspace() or sign in "?#" for sign in path):
        raise InvalidValue(f"path {path!r}", "is not a path", "write '/metrics'")
