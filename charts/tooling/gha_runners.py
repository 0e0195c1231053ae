"""Ephemeral GitHub Actions runners, one for each job."""

from charts import catalogue
from charts.tooling.dagger_engine import DaggerEngine
from charts.tooling.gha_runner_controller import GITHUB
from kubestrata import Cluster, Component, Image, JsonObject, Reference
from kubestrata.constructs import (
    Endpoint,
    ExternalSecret,
    Flow,
    HelmRelease,
    Pods,
    RemoteKey,
    SecretSource,
)

_IMAGE = Image("ghcr.io/actions/actions-runner:2.330.0")
_APP = ("github_app_id", "github_app_installation_id", "github_app_private_key")
_SET = "actions.github.com/scale-set-name"
# Jobs download dependencies from any host: only the port is restricted.
_HTTPS = 443


class GhaRunners(Component):
    """Two runner sets, `default` and `dagger`; jobs of the latter can reach the Dagger engine.

    `controller` is the controller's ServiceAccount, `url` the organization's page.
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
        source = SecretSource.keys({key: RemoteKey("github/actions-app", key) for key in _APP})
        self._shared: JsonObject = {
            "githubConfigUrl": url,
            "githubConfigSecret": ExternalSecret(self, "gha-runners", source=source).secret.name,
            "controllerServiceAccount": {
                "name": controller.name,
                "namespace": controller.namespace,
            },
        }
        self._set("default", most=10, environment={})
        address = engine.service.url(scheme="tcp")
        runners = self._set(
            "dagger", most=5, environment={"_EXPERIMENTAL_DAGGER_RUNNER_HOST": address}
        )
        runners.connect_to(engine)

    def _set(self, name: str, *, most: int, environment: dict[str, str]) -> Endpoint:
        """Create one runner set; jobs select it by the release's name."""
        full = f"{name}-gha-runner-scale-set"
        release = HelmRelease(
            self,
            full,
            chart=catalogue.GHA_RUNNER_SCALE_SET,
            creates=["actions.github.com"],
            values={
                **self._shared,
                "minRunners": 0,
                "maxRunners": most,
                "template": {"spec": _pod(environment)},
            },
        )
        pods = Pods(full, release.pods.namespace, {_SET: full})
        release.allow(Flow.to_hosts(*GITHUB), Flow.to_internet(_HTTPS), pods=pods)
        return Endpoint(pods, (), self, release.resource.ref)


def _pod(environment: dict[str, str]) -> JsonObject:
    return {
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1001,
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
