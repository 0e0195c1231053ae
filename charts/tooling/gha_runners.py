"""Ephemeral GitHub Actions runners, one for each job."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import cast

from charts import catalogue
from charts.tooling.dagger_engine import DaggerEngine
from charts.tooling.gha_runner_controller import GITHUB
from kubestrata import Cluster, Component, Image, JsonObject, Reference
from kubestrata.constructs import (
    ConfigFiles,
    ConfigReference,
    Endpoint,
    ExternalSecret,
    FileContent,
    Flow,
    HelmRelease,
    Pods,
    SecretSource,
)
from kubestrata.constructs.cloud import AwsAccount, PodIdentity, ServiceAccountName, Statement
from kubestrata.constructs.secret import Refresh

_IMAGE = Image("ghcr.io/actions/actions-runner:2.330.0")
_APP = ["github_app_id", "github_app_installation_id", "github_app_private_key"]
_SET = "actions.github.com/scale-set-name"
# The controller's listener of a set has its label, too.
_RUNNER = {"actions-ephemeral-runner": "True"}
# Jobs download dependencies from any host: only the ports are restricted.
_DOWNLOADS = Flow.to_internet(80, 443)
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
        source = SecretSource.all_of("github/gha-runner-scale-set/default", keys=_APP)
        login = ExternalSecret(
            self, "gha-runner-scale-set", source=source, refresh=Refresh.every("20m")
        ).secret
        self._shared: JsonObject = {
            "githubConfigUrl": url,
            "githubConfigSecret": login.name,
            "runnerGroup": "default",
            "controllerServiceAccount": {
                "name": controller.name,
                "namespace": controller.namespace,
            },
        }
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
        jobs.allow(_DOWNLOADS, policy="gha-jobs")

    def _set(self, name: str, values: JsonObject) -> Endpoint:
        """Create one runner set; jobs select it by the release's name."""
        full = f"{name}-gha-runner-scale-set"
        release = HelmRelease(
            self,
            full,
            chart=catalogue.GHA_RUNNER_SCALE_SET,
            creates=["actions.github.com"],
            values={**self._shared, "minRunners": 0, "maxRunners": _MOST, **values},
        )
        pods = Pods(full, release.pods.namespace, {_SET: full, **_RUNNER})
        release.allow(Flow.to_hosts(*GITHUB), _DOWNLOADS, pods=pods)
        return Endpoint(pods, (), self, release.resource.ref)


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
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "runner",
                "image": _IMAGE,
                "command": ["/home/runner/run.sh"],
                "env": [{"name": key, "value": value} for key, value in environment.items()],
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                },
                "resources": {
                    "requests": {"cpu": "500m", "memory": "1Gi"},
                    "limits": {"memory": "4Gi"},
                },
            }
        ],
    }
