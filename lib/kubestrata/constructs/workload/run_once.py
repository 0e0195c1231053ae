"""Jobs that run once, or again when their content changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Literal, get_args

import msgspec

from kubeapis import k8s
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.dependency import CloudIdentity, Dependencies
from kubestrata.constructs.workload.job import NOT_SPREAD, JobSettings, job_spec
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
from kubestrata.core.render import Rendering
from kubestrata.core.value.image import Image

_DIGITS = 10
# Flux creates the object where it is missing, and never changes or replaces it.
_FLUX = "kustomize.toolkit.fluxcd.io"
_KEPT = {f"{_FLUX}/ssa": "IfNotPresent"}
_ARGO = "argoproj.io"
# The phase of a sync of Argo CD in which a hook runs.
_PHASES = {"before-sync": "PreSync", "after-sync": "PostSync"}
Again = Literal["after-sync", "before-sync", "never", "on-change"]


class RunOnce(PodOwner):
    """A Job, its ServiceAccount, and the ConfigMaps, claims and ExternalSecret of its pods.

    A Job cannot be changed, so its name `<id>-<hash>` ends with a hash of its content: a change
    makes a new Job that runs, and the old one is removed. Otherwise the name is `id`: with
    `again="never"` the Job runs once in a cluster, whatever changes; with "before-sync" and
    "after-sync" it is a hook of Argo CD, which runs in each sync of its component, and stops the
    sync if it fails. Ports and probes of the container are ignored.
    """

    CONTROLLER = "Job"
    LONGEST_NAME = 63 - _DIGITS - 1

    def __init__(  # noqa: PLR0913  # the parts of a Workload, and patches
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        container: Container | None = None,
        pod: PodSettings | None = None,
        job: JobSettings | None = None,
        again: Again = "on-change",
        dependencies: Dependencies | None = None,
        identity: CloudIdentity | None = None,
        monitoring: WorkloadMonitoring | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        parts: dict[str, object] = {
            "container": container,
            "pod": pod,
            "job": job,
            "dependencies": dependencies,
            "identity": identity,
            "monitoring": monitoring,
        }
        super().__init__(scope, id, f"{id}-run-once", parts)
        self._require_delivery(again)
        patching.register(self, patches)
        self.dependencies = self._services(dependencies, identity)
        wanted = job or JobSettings()
        self._pods = PodPlan(
            controller=self.CONTROLLER,
            id=id,
            namespace=self.pods.namespace,
            image=image,
            container=self.dependencies.with_service_env(container or Container()),
            settings=self.settings,
            availability=NOT_SPREAD,
            labels=self.labels,
            restart_policy=wanted.restart,
        )
        template = build_pod(self, self._pods)
        create_claims(self, self._pods)
        spec = job_spec(wanted, template)
        changes = again == "on-change"
        self.resource = k8s.Job(
            self,
            id,
            metadata=k8s.ObjectMeta(
                name=f"{id}-{self._digest(spec)}" if changes else id,
                labels=self.labels,
                annotations=_annotations(again),
            ),
            spec=spec,
        )
        finish(self, self._pods, self.resource)
        self._monitor(monitoring)
        self._connect_dependencies(self.dependencies)
        patching.check_used(self)

    def _require_delivery(self, again: Again) -> None:
        groups = self.component.cluster.delivery.groups
        what, fix = f"again of RunOnce {self.id!r}", "use again='on-change'"
        if again not in get_args(Again):
            listed = ", ".join(get_args(Again))
            raise InvalidValue(what, f"is {again!r}: must be one of {listed}", fix)
        if again == "never" and _FLUX not in groups:
            why = "is 'never', which only Flux can deliver: others apply changes of a Job, and fail"
            raise InvalidValue(what, why, fix)
        if again in _PHASES and (_ARGO not in groups or _FLUX in groups):
            why = f"is {again!r}, a hook, which only Argo CD runs"
            raise InvalidValue(what, why, f"{fix}, and `needs` in what must wait for the Job")

    @property
    def ready(self) -> Reference:
        """Return the Job; delivery waits until it has succeeded."""
        return self.resource.ref

    @property
    def _plan(self) -> PodPlan:
        return self._pods

    def _digest(self, spec: k8s.JobSpec) -> str:
        """Return the hash of the content, patches included."""
        patched = patching.patched(self, spec)
        plain = msgspec.to_builtins(patched, enc_hook=Rendering([]).encode)
        content = json.dumps(plain, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]


def _annotations(again: Again) -> dict[str, str] | None:
    if again in _PHASES:
        hook = "argocd.argoproj.io/hook"
        return {hook: _PHASES[again], f"{hook}-delete-policy": "BeforeHookCreation"}
    return _KEPT if again == "never" else None
