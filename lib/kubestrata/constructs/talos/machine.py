"""Nodes of a Talos cluster, by their role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import ClassVar, Literal

from kubestrata.constructs.talos.schematic import Schematic
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue
from kubestrata.core.names import check_label
from kubestrata.core.origin import Origin, caller
from kubestrata.core.struct import Struct

Role = Literal["controlplane", "worker"]
_TAKEN = ("extra-manifests", "inline-manifests", "schematic")


@dataclass(frozen=True)
class Machine:
    """A node: its hostname, its address, and the documents that only it has.

    `documents` are structs of `kubeapis.talos` or of the bindings of another version. `schematic`
    is set where the node's image differs from that of the others.
    """

    name: str
    address: str
    documents: Sequence[Struct] = ()
    schematic: Schematic | None = None
    origin: Origin = field(default_factory=caller, init=False, repr=False, compare=False)
    role: ClassVar[Role] = "worker"

    def __post_init__(self) -> None:
        check_label("hostname", self.name, where=str(self.origin))
        if self.name in _TAKEN:
            raise InvalidValue(f"hostname {self.name!r}", "is the name of a file in the folder")
        try:
            ip_address(self.address)
        except ValueError:
            why = "must be an IP address without a prefix length"
            raise InvalidValue(f"address {self.address!r} of {self.name}", why) from None
        for each in self.documents:
            require(f"document of {self.name}", each, Struct)


class ControlPlane(Machine):
    """A node that runs etcd and the API server."""

    role: ClassVar[Role] = "controlplane"


class Worker(Machine):
    """A node that runs pods only."""
