"""Peers of network flows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Literal

from msgspec import field

from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label, check_labels
from kubestrata.core.value.placeholder import MARK

# Source: Cilium's patterns of matchName and matchPattern.
_HOST = re.compile(r"[-A-Za-z0-9_*]+(\.[-A-Za-z0-9_*]+)*\.?")


class Pods(Frozen):
    """Pods of one namespace that have all of `labels`; without labels, every pod in it.

    `name` is used in the names of policies. Pods with `host_network` are on the network of their
    node: no policy applies to them, and their peers see them as nodes. `cluster` is the name of
    another cluster of the mesh that runs them; None is that of the policy (source: ClusterMesh).
    """

    name: str
    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    host_network: bool = False
    cluster: str | None = None

    def __post_init__(self) -> None:
        if self.cluster is not None:
            check_label(f"cluster of pods {self.name!r}:", self.cluster)
        check_label(f"namespace of pods {self.name!r}:", self.namespace)
        check_labels(f"pods {self.name!r}", self.labels)


class Hosts(Frozen):
    """DNS names outside the cluster; `*` stands for one label or a part of it.

    Only networks that read DNS answers can enforce them (Cilium's `toFQDNs`); others allow every
    public address.
    """

    names: Sequence[str]

    def __post_init__(self) -> None:
        if not self.names:
            raise InvalidValue("Hosts", "is empty", "name a host")
        for name in self.names:
            require(f"host {name!r}", name, str)
            if not _HOST.fullmatch(MARK.sub("x", name)):
                why = "is not a host name: must be labels joined by dots, without scheme and port"
                plain = _HOST.search(re.sub(r"^[a-z]+://", "", name))
                fix = f"write {plain[0]!r}" if plain else None
                raise InvalidValue(f"host {name!r}", why, fix)

    @property
    def name(self) -> str:
        """Return the name used in policies: the first host, with `any` for a star."""
        return self.names[0].replace("*", "any")


class Addresses(Frozen):
    """CIDR blocks."""

    blocks: Sequence[str]

    def __post_init__(self) -> None:
        if not self.blocks:
            raise InvalidValue("Addresses", "has no block", "name one: '10.0.0.0/8'")
        for block in self.blocks:
            require(f"block {block!r}", block, str, fix="write it as text: '10.0.0.0/8'")
            try:
                ip_network(block)
            except ValueError as error:
                fix = "write the network's first address and its prefix length: '10.0.0.0/8'"
                raise InvalidValue(f"block {block!r}", str(error), fix) from error

    @property
    def name(self) -> str:
        """Return the name used in policies: the first block, in characters valid in names."""
        return re.sub("[^0-9a-f.]+", "-", self.blocks[0])


Where = Literal[
    "anywhere", "cluster", "gateway", "internet", "kubernetes-api", "nodes", "pod-identity"
]


class Entity(Frozen):
    """A peer without pods and fixed addresses.

    Any peer inside or outside the cluster, every pod and node of the cluster, the proxies of the
    network's own Gateways, everything outside the cluster, the Kubernetes API server, the nodes
    themselves, or the agent of EKS Pod Identity on the pod's node.
    """

    where: Where

    @property
    def name(self) -> str:
        """Return the name used in policies."""
        return self.where


Peer = Pods | Hosts | Addresses | Entity
