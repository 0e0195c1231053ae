"""Ports of containers: numbers, protocols and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from kubestrata.constructs.workload.exception import Justification
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue

HTTP = "http"
"""Name of the port that Service, route and probes use."""

PortNumber: TypeAlias = Annotated[int, Meta(ge=1, le=65535)]
Protocol = Literal["SCTP", "TCP", "UDP"]

# Source: IANA service names (RFC 6335), the format of container port names.
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*\Z")
_LONGEST_PORT = 15


class ProtocolPort(Declaration, kw_only=True):
    """A port with its protocol; use one of the factories below. A plain number is TCP.

    `node` is the reason for which the same port of each pod's node is open too (P14).
    """

    number: PortNumber
    protocol: Protocol = "TCP"
    node: Justification | None = None

    @classmethod
    def tcp(cls, number: int) -> ProtocolPort:
        """Return a TCP port."""
        return cls(number=number)

    @classmethod
    def udp(cls, number: int) -> ProtocolPort:
        """Return a UDP port."""
        return cls(number=number, protocol="UDP")

    @classmethod
    def sctp(cls, number: int) -> ProtocolPort:
        """Return an SCTP port."""
        return cls(number=number, protocol="SCTP")

    @classmethod
    def on_node(
        cls, number: int, *, why: Justification, protocol: Protocol = "TCP"
    ) -> ProtocolPort:
        """Return a port that is also open, with the same number, on the pod's node (`hostPort`)."""
        return cls(number=number, protocol=protocol, node=why)


def as_port(port: int | ProtocolPort) -> ProtocolPort:
    """Return a port with its protocol."""
    return port if isinstance(port, ProtocolPort) else ProtocolPort(number=port)


def check_ports(
    ports: Mapping[str, ProtocolPort], further: Iterable[str], main: str | None
) -> None:
    """Raise InvalidValue for an invalid or duplicate name or number of a port."""
    if main is not None and main in further:
        fix = "use another name, or pass it as port="
        raise InvalidValue(f"port {main!r}", "is reserved for the main port", fix)
    seen: dict[tuple[int, str], str] = {}
    for name, port in ports.items():
        if not _PORT.match(name) or len(name) > _LONGEST_PORT:
            why = (
                f"is not a valid port name: must be 1 to {_LONGEST_PORT} characters of a-z, 0-9 "
                "and '-', with at least one letter"
            )
            raise InvalidValue(f"port {name!r}", why)
        other = seen.setdefault((port.number, port.protocol), name)
        if other != name:
            why = f"is {port.number}, the same as {other!r}"
            raise InvalidValue(f"port {name!r}", why, "keep one name for it")
