"""Workloads as releases of the generic chart app-template."""

from __future__ import annotations

from kubestrata.constructs.helm import HelmChart, HelmRelease
from kubestrata.constructs.scaling import Availability, DisruptionBudget
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.generic_values import generic_values
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.pod import build_pod
from kubestrata.constructs.workload.pod_owner import PodOwner, create_claims
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.rollout import Rollout
from kubestrata.constructs.workload.service import service_port
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.render import unfold
from kubestrata.core.value.image import Image

# The chart, and the major version whose values are derived.
_CHART = ("app-template", "4")


class GenericChart(PodOwner):
    """A HelmRelease named `id` of the chart app-template, with the pods of a Workload.

    The chart creates a Deployment, and a Service if the container listens, both named `id`. Its
    values are derived from the same parts as those of a Workload, with the same hardening.
    ServiceAccount, ConfigMaps, Secrets, and the PodDisruptionBudget of two pods or more are objects
    beside the release.
    """

    CONTROLLER = "Deployment"
    # Helm's limit of release names.
    LONGEST_NAME = 53

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        chart: HelmChart,
        image: Image,
        container: Container | None = None,
        pod: PodSettings | None = None,
        replicas: int = 2,
        rollout: Rollout | None = None,
        availability: Availability | None = None,
        monitoring: WorkloadMonitoring | None = None,
    ) -> None:
        parts: dict[str, object] = {
            "container": container,
            "pod": pod,
            "rollout": rollout,
            "availability": availability,
            "monitoring": monitoring,
        }
        super().__init__(scope, id, f"{id}-generic-chart", parts)
        _require_chart(id, chart)
        if replicas < 0:
            raise InvalidValue(f"replicas {replicas!r} of GenericChart {id!r}", "is negative")
        self._pods = PodPlan(
            controller=self.CONTROLLER,
            id=id,
            namespace=self.pods.namespace,
            image=image,
            container=container or Container(),
            settings=self.settings,
            availability=availability or Availability(),
            labels=self.labels,
        )
        template = unfold(build_pod(self, self._pods), caller(id), "pod")
        create_claims(self, self._pods)
        self.release = HelmRelease(
            self,
            id,
            chart=chart,
            values=generic_values(self._pods, template, replicas, rollout or Rollout()),
        )
        if replicas > 1:
            DisruptionBudget(
                self,
                id,
                labels=self.labels,
                availability=self._pods.availability,
                replicas=replicas,
            )
        self._monitor(monitoring)

    @property
    def ready(self) -> Reference:
        """Return the HelmRelease."""
        return self.release.resource.ref

    @property
    def service(self) -> ServiceReference:
        """Return the first port of the Service; raises InvalidReference without a port."""
        for name, port in self._pods.ports.items():
            return self.release.service(self.id, service_port(name, port))
        why = "has no Service, because its containers have no port"
        raise InvalidReference(f"GenericChart {self.id!r}", why, "add a port")

    @property
    def _plan(self) -> PodPlan:
        return self._pods


def _require_chart(id: str, chart: HelmChart) -> None:
    """Raise InvalidValue for a chart with other values than those that are derived here."""
    if (chart.name, chart.version.partition(".")[0]) != _CHART:
        what = f"chart {chart.name!r} {chart.version} of GenericChart {id!r}"
        why = f"is not {_CHART[0]} {_CHART[1]}, whose values are derived"
        raise InvalidValue(what, why, "use a HelmRelease for any other chart")
