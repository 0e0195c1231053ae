"""Plan of the pods of one controller, from which their template is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kubestrata.constructs.scaling import Availability
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.port import ProtocolPort
from kubestrata.constructs.workload.volume import ClaimVolume
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.image import Image

Controller = Literal["CronJob", "DaemonSet", "Deployment", "Job", "StatefulSet"]
_JOBS = ("CronJob", "Job")


class PodPlan(Frozen, kw_only=True):
    """Declared parts of the pods of one controller, which has the name `id`."""

    controller: Controller
    id: str
    namespace: str
    image: Image
    container: Container
    settings: PodSettings
    availability: Availability
    labels: Mapping[str, str]
    restart_policy: Literal["Never", "OnFailure"] | None = None

    @property
    def is_job(self) -> bool:
        """Return True if the main container ends by itself."""
        return self.controller in _JOBS

    @property
    def containers(self) -> dict[str, Container]:
        """Return all containers by name, the main one first."""
        return {self.id: self.container, **dict(self.settings.extra)}

    @property
    def claims(self) -> dict[str, ClaimVolume]:
        """Return the volumes that are claims of the workload's own, by name."""
        return {
            name: volume
            for name, volume in self.settings.volumes.items()
            if isinstance(volume, ClaimVolume)
        }

    @property
    def ports(self) -> dict[str, ProtocolPort]:
        """Return the ports of all containers that keep running, by name."""
        found = {} if self.is_job else dict(self.container.all_ports)
        for each in (*self.settings.sidecars.values(), *self.settings.containers.values()):
            found |= each.all_ports
        return found

    def claim_name(self, volume: str) -> str:
        """Return the name of the claim of a volume."""
        return self.claims[volume].name or f"{self.id}-{volume}"
