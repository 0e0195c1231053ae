"""Ephemeral GitHub Actions runners, one for each job."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import cast

from charts.resource_request import resources
from charts.security_context import WRITABLE_ROOT, restricted_pod
from charts.tooling.dagger_engine import DaggerEngine
from charts.tooling.gha_runner_set import APP_KEYS, DOWNLOADS, RunnerRegistration, runner_set
from kubestrata import Cluster, Component, Image, JsonObject, Reference
from kubestrata.constructs import (
    ConfigFiles,
    ConfigReference,
    Endpoint,
    ExternalSecret,
    FileContent,
    Flow,
    Pods,
    SecretSource,
)
from kubestrata.constructs.cloud import AwsAccount, PodIdentity, ServiceAccountName, Statement
from kubestrata.constructs.secret import Refresh

_IMAGE = Image("ghcr.io/actions/actions-runner:2.330.0")
_MOST = 5
_USER = 1001
_HOOK = "/home/runner/hooks/job.yaml"
_JOB = {"app.kubernetes.io/name": "gha-job"}


class GhaRunners(Component):
    """Two runner sets, `default` and `dagger`; jobs of the latter can reach the Dagger engine.

    Jobs of `default` run in pods of their own, with a volume for their work. `controller` is the
    controller's ServiceAccount, `url` the repository's page.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        controller: Reference,
        engine: DaggerEngine,
        url: str,
    ) -> None:
        super().__init__(scope, "gha-runners", layer="tooling", namespace=namespace)
        source = SecretSource.all_of("github/gha-runner-scale-set/default", keys=APP_KEYS)
        login = ExternalSecret(
            self, "gha-runner-scale-set", source=source, refresh=Refresh.every("20m")
        ).secret
        self._registration = RunnerRegistration(url, login, controller)
        self._kubernetes()
        PodIdentity(
            self,
            "xplane-default-actions-runner",
            service_account=ServiceAccountName(
                name="default-gha-runner-scale-set", namespace=namespace.object_name or ""
            ),
            statements=_images(scope.ask(AwsAccount)),
        )
        address = engine.service.url(scheme="tcp")
        pod = _pod({"_EXPERIMENTAL_DAGGER_RUNNER_HOST": address})
        self._set("dagger", {"template": {"spec": pod}}).connect_to(engine)

    def _kubernetes(self) -> None:
        """Create the set whose runners start a pod for each job, and the policy of these pods."""
        template: JsonObject = {"metadata": {"labels": _JOB}}
        job = FileContent.text("job.yaml", json.dumps(template, sort_keys=True))
        hook = ConfigFiles(self, "gha-job", content=[job], naming="stable").reference
        runners = self._set("default", {**_KUBERNETES, "template": {"spec": _starter(hook)}})
        runners.allow(Flow.to_kubernetes_api())
        jobs = Endpoint(Pods("gha-jobs", runners.pods.namespace, _JOB), (), self)
        jobs.allow(DOWNLOADS, policy="gha-jobs")

    def _set(self, name: str, values: JsonObject) -> Endpoint:
        """Create one runner set; jobs select it by the release's name."""
        return runner_set(
            self,
            f"{name}-gha-runner-scale-set",
            registration=self._registration,
            size=(0, _MOST),
            values=values,
        )


def _images(account: AwsAccount) -> list[Statement]:
    """Return statements to pull images of the account."""
    return [
        Statement(
            actions=["ecr:GetAuthorizationToken"],
            resources=["*"],
            any_resource_because="a token is for the whole registry of the account",
        ),
        Statement(
            actions=[
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            resources=[account.arn("ecr", "repository/*")],
        ),
    ]


_KUBERNETES: JsonObject = {
    "containerMode": {
        "type": "kubernetes",
        "kubernetesModeWorkVolumeClaim": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "gp3",
            "resources": {"requests": {"storage": "10Gi"}},
        },
    },
}


def _starter(hook: ConfigReference) -> JsonObject:
    """Return the pod of a runner that starts pods: the chart gives it a ServiceAccount."""
    pod = _pod({"ACTIONS_RUNNER_CONTAINER_HOOK_TEMPLATE": _HOOK})
    (runner,) = cast("list[JsonObject]", pod["containers"])
    mount: JsonObject = {"name": "hook", "mountPath": str(PurePosixPath(_HOOK).parent)}
    return {
        **pod,
        "automountServiceAccountToken": True,
        # The runner writes to the volume of its work.
        "securityContext": {**cast("JsonObject", pod["securityContext"]), "fsGroup": _USER},
        "containers": [{**runner, "volumeMounts": [{**mount, "readOnly": True}]}],
        "volumes": [{"name": "hook", "configMap": {"name": hook.name}}],
    }


def _pod(environment: Mapping[str, str]) -> JsonObject:
    return {
        "automountServiceAccountToken": False,
        "securityContext": restricted_pod(_USER),
        "containers": [
            {
                "name": "runner",
                "image": _IMAGE,
                "command": ["/home/runner/run.sh"],
                "env": [{"name": key, "value": value} for key, value in environment.items()],
                "securityContext": WRITABLE_ROOT,
                "resources": resources("500m", "1Gi", "4Gi"),
            }
        ],
    }
