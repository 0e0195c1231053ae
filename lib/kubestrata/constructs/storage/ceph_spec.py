"""Specs of a Ceph cluster and of a pool of block devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from kubestrata.constructs.scaling.pod_resources import PodResources
from kubestrata.core.declaration import Declaration
from kubestrata.core.names import check_subdomain
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

_BY_ID = "/dev/disk/by-id/"
_FEWEST_COPIES = 2
DeviceClass = Literal["hdd", "nvme", "ssd"]
FailureDomain = Literal["host", "osd", "rack", "zone"]


class CephNode(Declaration, kw_only=True):
    """A node by its name in Kubernetes, and the whole disks that Ceph gets there.

    A disk is its path below /dev/disk/by-id: names such as /dev/nvme1n1 may change at a restart.
    Raises InvalidValue for others.
    """

    name: str
    disks: Annotated[Sequence[str], Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Reject disks without a stable name."""
        super().__post_init__()
        check_subdomain("name of a CephNode", self.name)
        for disk in self.disks:
            if not disk.startswith(_BY_ID) or disk == _BY_ID:
                why = f"{disk!r} is not a stable name: must be below {_BY_ID}"
                raise self.refuse("disks", why, f"run `ls -l {_BY_ID}` on the node")


class BlueStore(Declaration, kw_only=True):
    """Layout of a disk; sizes are in MiB, Ceph's own where they are not set."""

    osds_per_disk: Annotated[int, Meta(ge=1)] = 1
    database_mib: Annotated[int, Meta(ge=1)] | None = None
    log_mib: Annotated[int, Meta(ge=1)] | None = None

    @property
    def config(self) -> dict[str, str]:
        """Return the settings as Rook reads them."""
        found = {"osdsPerDevice": str(self.osds_per_disk)}
        if self.database_mib is not None:
            found["databaseSizeMB"] = str(self.database_mib)
        if self.log_mib is not None:
            found["walSizeMB"] = str(self.log_mib)
        return found


class CephDaemons(Declaration, kw_only=True):
    """Requests and limits of monitors, managers and OSDs."""

    monitor: PodResources = PodResources.of("500m", "1Gi")
    manager: PodResources = PodResources.of("500m", "1Gi")
    osd: PodResources = PodResources.of("1", "4Gi")


class CephClusterSpec(Declaration, kw_only=True):
    """Ceph on the named disks of the named nodes, and on no other.

    Monitors and managers are on different nodes. With `network` `host`, the daemons use the network
    of their nodes. `wipes_foreign_disks` is for disks that hold data of another Ceph cluster, which
    is lost then. Raises InvalidValue for an even number of monitors, for more daemons than nodes,
    and for a node or a disk named twice.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ("log_size",)
    image: Image
    nodes: Annotated[Sequence[CephNode], Meta(min_length=1)]
    monitors: Annotated[int, Meta(ge=1, le=9, description="An odd number.")] = 3
    managers: Annotated[int, Meta(ge=1, le=5, description="One is active.")] = 2
    modules: Annotated[Sequence[str], Meta(description="Modules of the manager.")] = ("rook",)
    network: Literal["host", "pods"] = "host"
    device_class: Annotated[DeviceClass, Meta(description="Of all disks.")] | None = None
    store: BlueStore = BlueStore()
    daemons: CephDaemons = CephDaemons()
    dashboard: bool = True
    log_size: Annotated[Quantity, Meta(description="Of a daemon, kept a day.")] = Quantity("500M")
    sanitize: Annotated[
        Literal["complete", "quick"], Meta(description="Of disks, when the cluster is deleted.")
    ] = "quick"
    wipes_foreign_disks: bool = False
    monitoring: bool = True

    def __post_init__(self) -> None:
        """Reject contradictory settings."""
        super().__post_init__()
        if self.monitors % 2 == 0:
            why = f"is {self.monitors}: an even number tolerates no more failures than one less"
            raise self.refuse("monitors", why, f"write {self.monitors - 1} or {self.monitors + 1}")
        for field, number in (("monitors", self.monitors), ("managers", self.managers)):
            if number > len(self.nodes):
                why = (
                    f"is {number}, but there are {len(self.nodes)} nodes, and each has one at most"
                )
                raise self.refuse(field, why, f"write {len(self.nodes)} or less")
        self._check_unique("node", [each.name for each in self.nodes])
        self._check_unique("disk", [disk for each in self.nodes for disk in each.disks])

    def _check_unique(self, what: str, names: Sequence[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                raise self.refuse("nodes", f"name {what} {str(name)!r} twice", "remove one")


class CephBlockPoolSpec(Declaration, kw_only=True):
    """A pool that keeps `replicas` copies, each in another failure domain.

    Writes are accepted while at least two copies can be written, one if there are only two.
    """

    replicas: Annotated[int, Meta(ge=1)] = 3
    failure_domain: FailureDomain = "host"
    device_class: Annotated[DeviceClass, Meta(description="Any unless given.")] | None = None
    file_system: Literal["ext4", "xfs"] = "ext4"

    @property
    def is_safe(self) -> bool:
        """Return True if the data survives the loss of a disk."""
        return self.replicas >= _FEWEST_COPIES
