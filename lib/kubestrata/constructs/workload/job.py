"""Settings and specs of jobs, scheduled or not."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from kubeapis import k8s
from kubestrata.constructs.scaling import Availability
from kubestrata.core.declaration import Declaration

NOT_SPREAD = Availability(spread_zones=False, spread_nodes=False)
"""The availability of jobs, whose pods need not run at the same time."""


# A run that is missed for longer is skipped.
_LATEST_START_SECONDS = 600


class JobSettings(Declaration, kw_only=True):
    """The end of a job: failed pods are retried `retries` times, all within `timeout_seconds`.

    A pod is replaced after a failure (`Never`), or its containers start again (`OnFailure`).
    `completions` is how many pods must succeed, `parallel` how many run at once; with `indexed`
    each has its number in JOB_COMPLETION_INDEX.
    """

    retries: Annotated[int, Meta(ge=0)] = 2
    timeout_seconds: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = 3600
    restart: Literal["Never", "OnFailure"] = "Never"
    completions: Annotated[int, Meta(ge=1)] = 1
    parallel: Annotated[int, Meta(ge=1)] = 1
    indexed: bool = False
    suspended: bool = False

    def __post_init__(self) -> None:
        """Reject more pods at once than are needed."""
        super().__post_init__()
        if self.parallel > self.completions:
            why = f"is {self.parallel}, above completions, {self.completions}"
            raise self.refuse("parallel", why, "raise completions")


class ScheduledRuns(Declaration, kw_only=True):
    """Runs of a schedule: one at a time unless `overlap`, skipped if late for too long.

    A run that is due while another one runs is left out (`Forbid`), runs too (`Allow`), or replaces
    it (`Replace`). The last runs are kept, three that succeeded and one that failed unless set.
    """

    overlap: Literal["Allow", "Forbid", "Replace"] = "Forbid"
    suspended: bool = False
    latest_start_seconds: Annotated[int, Meta(ge=10)] | None = _LATEST_START_SECONDS
    kept_successful: Annotated[int, Meta(ge=0)] | None = None
    kept_failed: Annotated[int, Meta(ge=0)] | None = None


def job_spec(settings: JobSettings, template: k8s.PodTemplateSpec) -> k8s.JobSpec:
    """Return the spec of a job."""
    several = settings.completions > 1 or settings.indexed
    return k8s.JobSpec(
        backoff_limit=settings.retries,
        active_deadline_seconds=settings.timeout_seconds,
        completions=settings.completions if several else None,
        parallelism=settings.parallel if several else None,
        completion_mode="Indexed" if settings.indexed else None,
        suspend=True if settings.suspended else None,
        template=template,
    )
