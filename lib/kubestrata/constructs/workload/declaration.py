"""Declaration of an application."""

from __future__ import annotations

from msgspec import field

from kubestrata.constructs.scaling import Availability, EventScaling, Scaling
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.part import check_parts
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.rollout import Rollout
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.image import Image


class WorkloadDeclaration(Frozen, kw_only=True):
    """An application with the resources that belong to it; only the image is required.

    `scaling` and `availability` None are the cluster's defaults; `route`, `dependencies`,
    `identity` and `monitoring` exist only where they are declared.
    """

    image: Image
    container: Container = field(default_factory=Container)
    pod: PodSettings | None = None
    rollout: Rollout | None = None
    scaling: Scaling | EventScaling | None = None
    availability: Availability | None = None
    route: Exposure | None = None
    dependencies: Dependencies | None = None
    identity: CloudIdentity | None = None
    monitoring: WorkloadMonitoring | None = None

    def __post_init__(self) -> None:
        Image(self.image)
        names = [each for each in self.__struct_fields__ if each != "image"]
        check_parts("a WorkloadDeclaration", {name: getattr(self, name) for name in names})
