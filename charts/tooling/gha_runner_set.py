"""One set of GitHub Actions runners, and the policies of their pods."""

from charts import catalogue
from charts.tooling.gha_runner_controller import GITHUB
from kubestrata import Component, Frozen, JsonObject, Reference
from kubestrata.constructs import Endpoint, Flow, HelmChart, HelmRelease, Pods, SecretReference

APP_KEYS = ["github_app_id", "github_app_installation_id", "github_app_private_key"]
"""Keys of the Secret of a GitHub App (source: the chart)."""
SET = "actions.github.com/scale-set-name"
"""The label of all pods of a set."""
# The controller's listener of a set has its label, too.
_RUNNER = {"actions-ephemeral-runner": "True"}
# Jobs download dependencies from any host: only the ports are restricted.
DOWNLOADS = Flow.to_internet(80, 443)


class RunnerRegistration(Frozen):
    """The repository at `url`, the App that registers runners there, and their controller."""

    url: str
    login: SecretReference
    controller: Reference

    @property
    def values(self) -> JsonObject:
        """Return the values of a set."""
        return {
            "githubConfigUrl": self.url,
            "githubConfigSecret": self.login.name,
            "runnerGroup": "default",
            "controllerServiceAccount": {
                "name": self.controller.name,
                "namespace": self.controller.namespace,
            },
        }


def runner_set(
    component: Component,
    name: str,
    *,
    registration: RunnerRegistration,
    size: tuple[int, int],
    values: JsonObject,
    chart: HelmChart = catalogue.GHA_RUNNER_SCALE_SET,
) -> Endpoint:
    """Create a set of fewest and most runners; jobs select it by `name`. Return the pods."""
    fewest, most = size
    release = HelmRelease(
        component,
        name,
        chart=chart,
        creates=["actions.github.com"],
        values={**registration.values, "minRunners": fewest, "maxRunners": most, **values},
    )
    pods = Pods(name, release.pods.namespace, {SET: name, **_RUNNER})
    release.allow(Flow.to_hosts(*GITHUB), DOWNLOADS, pods=pods)
    return Endpoint(pods, (), component, release.resource.ref)
