"""An application with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.workload.backing import CloudIdentity, Dependencies
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.observed import WorkloadMonitoring
from kubestrata.core.argument import require
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.image import Image

_PARTS: Mapping[str, type[Declaration]] = {
    "container": Container,
    "scaling": Scaling,
    "availability": Availability,
    "route": Exposure,
    "dependencies": Dependencies,
    "identity": CloudIdentity,
    "monitoring": WorkloadMonitoring,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkloadDeclaration:
    """An application with what belongs to it alone; only the image is required.

    `scaling` and `availability` None are the cluster's defaults; `route`, `dependencies`,
    `identity` and `monitoring` exist only where they are declared.
    """

    image: Image
    container: Container = field(default_factory=Container)
    scaling: Scaling | None = None
    availability: Availability | None = None
    route: Exposure | None = None
    dependencies: Dependencies | None = None
    identity: CloudIdentity | None = None
    monitoring: WorkloadMonitoring | None = None

    def __post_init__(self) -> None:
        Image(self.image)
        check_parts("a WorkloadDeclaration", {name: getattr(self, name) for name in _PARTS})


def check_parts(owner: str, parts: Mapping[str, object]) -> None:
    """Raise InvalidValue for a part of a workload that is of another type."""
    for name, part in parts.items():
        if part is not None:
            kind = _PARTS[name]
            require(f"{kind.__name__} of {owner}", part, kind)
