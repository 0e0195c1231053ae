"""Probes of containers: HTTP, TCP, commands, gRPC, or none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue

_HEADER = re.compile(r"[-A-Za-z0-9]+\Z")


class Probe(Declaration, kw_only=True):
    """An HTTP request for `path`; None only connects to the port. Times are in seconds.

    `port` is the name of a port, the first one unless given. A `command`, or a `grpc` service (''
    for the whole server), replaces the request. A probe with `disabled` is none.
    """

    path: str | None = None
    initial_delay_seconds: Annotated[int, Meta(ge=0)] = 0
    period_seconds: Annotated[int, Meta(ge=1)] = 10
    timeout_seconds: Annotated[int, Meta(ge=1)] = 1
    failure_threshold: Annotated[int, Meta(ge=1)] = 3
    port: str | None = None
    scheme: Literal["HTTP", "HTTPS"] = "HTTP"
    headers: Mapping[str, str] = {}
    command: Sequence[str] = ()
    grpc: str | None = None
    disabled: bool = False

    @classmethod
    def http(
        cls,
        path: str,
        *,
        port: str | None = None,
        headers: Mapping[str, str] | None = None,
        scheme: Literal["HTTP", "HTTPS"] = "HTTP",
    ) -> Probe:
        """Return a request whose answer must have a status from 200 to 399."""
        return cls(path=path, port=port, headers=headers or {}, scheme=scheme)

    @classmethod
    def tcp(cls, port: str | None = None) -> Probe:
        """Return a connection to a port."""
        return cls(port=port)

    @classmethod
    def exec(cls, *command: str) -> Probe:
        """Return a command in the container that must exit with 0."""
        if not command:
            raise InvalidValue("command of a Probe", "is empty", "write Probe.exec('/bin/check')")
        return cls(command=command)

    @classmethod
    def grpc_health(cls, service: str = "", *, port: str | None = None) -> Probe:
        """Return a request of the gRPC health checking protocol."""
        return cls(grpc=service, port=port)

    @classmethod
    def none(cls) -> Probe:
        """Return no probe."""
        return cls(disabled=True)

    def __post_init__(self) -> None:
        """Reject fields of different kinds of probes."""
        super().__post_init__()
        kinds = {
            "path": self.path is not None,
            "command": bool(self.command),
            "grpc": self.grpc is not None,
            "disabled": self.disabled,
        }
        found = [name for name, is_set in kinds.items() if is_set]
        if len(found) > 1:
            raise self.refuse(found[1], f"is set beside {found[0]}", "keep one")
        if (self.headers or self.scheme == "HTTPS") and self.path is None:
            field = "headers" if self.headers else "scheme"
            raise self.refuse(field, "belongs to an HTTP request", "set path")
        for name in self.headers:
            if not _HEADER.match(name):
                why = f"{name!r} is not valid: must be letters, digits and '-'"
                raise self.refuse("headers", why)
        if self.port is not None and (self.command or self.disabled):
            raise self.refuse("port", "has no effect in this probe", "remove it")

    @property
    def is_plain(self) -> bool:
        """Return True for an HTTP request or a connection to the main port."""
        return self == Probe(
            path=self.path,
            initial_delay_seconds=self.initial_delay_seconds,
            period_seconds=self.period_seconds,
            timeout_seconds=self.timeout_seconds,
            failure_threshold=self.failure_threshold,
        )


class Probes(Declaration, kw_only=True):
    """Probes of a container; a path has the periods and thresholds of the library.

    `liveness` fails when only a restart helps, `readiness` while no requests should come; None
    connects to the port. `startup_seconds` is how long the start may take before liveness counts.
    """

    liveness: str | Probe | None = "/healthz"
    readiness: str | Probe | None = "/readyz"
    startup_seconds: Annotated[int, Meta(ge=1)] | None = None

    @classmethod
    def none(cls) -> Probes:
        """Return no probes."""
        return cls(liveness=Probe.none(), readiness=Probe.none())

    @classmethod
    def tcp(cls) -> Probes:
        """Return connections to the first TCP port."""
        return cls(liveness=None, readiness=None)

    def __post_init__(self) -> None:
        """Reject a start that is not followed by a liveness probe."""
        super().__post_init__()
        if self.startup_seconds is not None and self.liveness_probe.disabled:
            why = "has no effect without a liveness probe"
            raise self.refuse("startup_seconds", why, "remove it, or set liveness")

    @property
    def liveness_probe(self) -> Probe:
        """Return a probe that restarts the container, by default after two minutes."""
        if isinstance(self.liveness, Probe):
            return self.liveness
        return Probe(path=self.liveness, period_seconds=20, failure_threshold=6)

    @property
    def readiness_probe(self) -> Probe:
        """Return a probe that stops traffic, by default after half a minute."""
        if isinstance(self.readiness, Probe):
            return self.readiness
        return Probe(path=self.readiness, period_seconds=10, failure_threshold=3)
