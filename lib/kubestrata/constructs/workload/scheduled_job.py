"""Scheduled jobs, in pods as hardened as a Workload's."""

from __future__ import annotations

import msgspec

from kubeapis import k8s
from kubestrata.constructs.network import Endpoint, NetworkParty, Pods
from kubestrata.constructs.scaling import Availability
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.pod import pod_container, pod_spec, pod_template
from kubestrata.constructs.workload.pod_parts import check_namespaces, make_parts
from kubestrata.constructs.workload.volume import mounted
from kubestrata.core.cluster import component_of
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.image import Image

# A run that is missed for longer is skipped.
_LATEST_START_SECONDS = 600
# The controller appends 11 characters to the name of each run.
_LONGEST_NAME = 52
# A job runs one pod at a time, so there is nothing to spread.
_ANYWHERE = Availability(spread_zones=False, spread_nodes=False)


class ScheduledJob(Construct, NetworkParty):
    """A CronJob, its ServiceAccount, and the ConfigMaps and ExternalSecret of its container.

    One run at a time; a failed pod is retried `retries` times. Ports and probes of the container
    are ignored. Defaults are those of `WorkloadDefaults`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: Image,
        schedule: Cron,
        container: Container | None = None,
        time_zone: str | None = None,
        retries: int = 2,
        timeout_seconds: int = 3600,
    ) -> None:
        """`time_zone` is an IANA name, by default the controller's own."""
        check_label("id of a ScheduledJob", id, longest=_LONGEST_NAME)
        super().__init__(scope, f"{id}-job")
        self.component = component_of(scope)
        labels = {"app.kubernetes.io/name": id}
        self.pods = Pods(id, self.component.default_namespace(caller(id)), labels)
        wanted = container or Container()
        check_namespaces(wanted, self.pods.namespace)
        job = k8s.JobSpec(
            backoff_limit=retries,
            active_deadline_seconds=timeout_seconds,
            template=self._template(id, image, wanted, labels),
        )
        self.resource = k8s.CronJob(
            self,
            id,
            metadata=k8s.ObjectMeta(labels=labels),
            spec=k8s.CronJobSpec(
                schedule=schedule,
                time_zone=time_zone,
                concurrency_policy="Forbid",
                starting_deadline_seconds=_LATEST_START_SECONDS,
                job_template=k8s.JobTemplateSpec(spec=job),
            ),
        )

    def _party(self) -> Endpoint:
        return Endpoint(self.pods, (), self.component, self.resource.ref)

    def _template(
        self, id: str, image: Image, wanted: Container, labels: dict[str, str]
    ) -> k8s.PodTemplateSpec:
        parts = make_parts(self, id, wanted, labels)
        container = msgspec.structs.replace(
            pod_container(id, image, wanted, parts),
            ports=None,
            liveness_probe=None,
            readiness_probe=None,
            startup_probe=None,
        )
        pods = pod_spec(
            container,
            mounted(wanted, parts.files),
            labels,
            _ANYWHERE,
            parts,
            token=wanted.service_account_token,
        )
        return pod_template(
            labels, container, msgspec.structs.replace(pods, restart_policy="Never")
        )
