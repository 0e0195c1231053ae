"""Scheduled jobs, in pods as hardened as a Workload's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kubeapis import k8s
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.job import (
    NOT_SPREAD,
    JobSettings,
    ScheduledRuns,
    job_spec,
)
from kubestrata.constructs.workload.monitoring import WorkloadMonitoring
from kubestrata.constructs.workload.pod import build_pod
from kubestrata.constructs.workload.pod_owner import PodOwner, create_claims, finish
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.core import patch as patching
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.image import Image
from kubestrata.core.value.time_zone import time_zone_problem

# Names of the IANA database; the API server refuses `Local`.
_ZONE = re.compile(
    r"(?!local\Z)[A-Za-z][-+_A-Za-z0-9]*(/[A-Za-z][-+_A-Za-z0-9]*)*\Z", re.IGNORECASE
)


class ScheduledJob(PodOwner):
    """A CronJob, its ServiceAccount, and the ConfigMaps, claims and ExternalSecret of its pods.

    One run at a time unless `runs` allow more; a failed pod is retried `retries` times, or as `job`
    says. Ports and probes of the container are ignored. Defaults are those of `WorkloadDefaults`.
    """

    CONTROLLER = "CronJob"
    # The controller appends 11 characters to the name of each run.
    LONGEST_NAME = 52

    def __init__(  # noqa: PLR0913  # the parts of a Workload, the schedule, and patches
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        schedule: Cron,
        container: Container | None = None,
        pod: PodSettings | None = None,
        time_zone: str | None = None,
        retries: int | None = None,
        timeout_seconds: int | None = None,
        job: JobSettings | None = None,
        runs: ScheduledRuns | None = None,
        dependencies: Dependencies | None = None,
        identity: CloudIdentity | None = None,
        monitoring: WorkloadMonitoring | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        """`time_zone` is an IANA name, by default the controller's own."""
        parts: dict[str, object] = {
            "container": container,
            "pod": pod,
            "job": job,
            "runs": runs,
            "dependencies": dependencies,
            "identity": identity,
            "monitoring": monitoring,
        }
        super().__init__(scope, id, f"{id}-job", parts)
        if time_zone is not None and (not _ZONE.match(time_zone) or time_zone_problem(time_zone)):
            why = "is not the name of a time zone"
            raise InvalidValue(
                f"time_zone {time_zone!r}", why, "write it as 'Europe/Paris', or UTC"
            )
        patching.register(self, patches)
        self.dependencies = self._services(dependencies, identity)
        self._job = _settings(job, retries, timeout_seconds)
        self._pods = PodPlan(
            controller=self.CONTROLLER,
            id=id,
            namespace=self.pods.namespace,
            image=image,
            container=self.dependencies.with_service_env(container or Container()),
            settings=self.settings,
            availability=NOT_SPREAD,
            labels=self.labels,
            restart_policy=self._job.restart,
        )
        self.resource = self._cron_job(schedule, time_zone, runs or ScheduledRuns())
        finish(self, self._pods, self.resource)
        self._monitor(monitoring)
        self._connect_dependencies(self.dependencies)
        patching.check_used(self)

    @property
    def ready(self) -> Reference:
        """Return the CronJob."""
        return self.resource.ref

    @property
    def _plan(self) -> PodPlan:
        return self._pods

    def _cron_job(self, schedule: Cron, time_zone: str | None, runs: ScheduledRuns) -> k8s.CronJob:
        spec = job_spec(self._job, build_pod(self, self._pods))
        create_claims(self, self._pods)
        return k8s.CronJob(
            self,
            self.id,
            metadata=k8s.ObjectMeta(labels=self.labels),
            spec=k8s.CronJobSpec(
                schedule=schedule,
                time_zone=time_zone,
                suspend=True if runs.suspended else None,
                concurrency_policy=runs.overlap,
                starting_deadline_seconds=runs.latest_start_seconds,
                successful_jobs_history_limit=runs.kept_successful,
                failed_jobs_history_limit=runs.kept_failed,
                job_template=k8s.JobTemplateSpec(spec=spec),
            ),
        )


def _settings(
    job: JobSettings | None, retries: int | None, timeout_seconds: int | None
) -> JobSettings:
    """Return the settings of each run; raises InvalidValue for those that are set twice."""
    if job is None:
        default = JobSettings()
        return JobSettings(
            retries=default.retries if retries is None else retries,
            timeout_seconds=default.timeout_seconds if timeout_seconds is None else timeout_seconds,
        )
    for name, value in (("retries", retries), ("timeout_seconds", timeout_seconds)):
        if value is not None:
            raise job.refuse(name, "is set beside job", f"write JobSettings({name}=...)")
    return job
