"""The controller of GitHub Actions runners."""

from charts import catalogue
from charts.resource_request import resources
from charts.security_context import restricted_pod
from kubestrata import Cluster, Frozen, JsonObject, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent, Pods
from kubestrata.constructs.observability import Scrape

GITHUB = ("api.github.com", "github.com", "*.actions.githubusercontent.com")
"""Hosts for jobs and runner registration."""
_NAME = "gha-runner-scale-set-controller"
LISTENER = {"app.kubernetes.io/component": "runner-scale-set-listener"}
"""The label of the pods that the controller runs for each set."""
_METRICS = 8080
_WITHOUT_CRDS = catalogue.GHA_RUNNER_SCALE_SET_CONTROLLER.without_crds()


class RunnerControllerSettings(Frozen):
    """Pods of the controller; `user` None is the image's. `measured` adds metrics, and a scrape.

    `more` are further values of the chart.
    """

    resources: JsonObject
    replicas: int = 2
    user: int | None = None
    measured: bool = False
    more: JsonObject | None = None


_DEFAULT = RunnerControllerSettings(resources("50m", "128Mi", "256Mi"))


class GhaRunnerController(HelmComponent):
    """The controller, and the policy of the listeners that it creates in its namespace.

    Runner sets refer to `service_account`, which has the `name` of the release.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        name: str = _NAME,
        chart: HelmChart = _WITHOUT_CRDS,
        settings: RunnerControllerSettings = _DEFAULT,
    ) -> None:
        super().__init__(
            scope,
            name,
            layer="tooling",
            namespace=namespace,
            chart=chart,
            values=_values(name, settings),
            flows=[Flow.to_kubernetes_api(), Flow.to_hosts(*GITHUB)],
        )
        listeners = Pods("gha-listeners", namespace.object_name, LISTENER)
        flows = [Flow.to_kubernetes_api(), Flow.to_hosts(*GITHUB)]
        self.release.allow(*flows, pods=listeners)
        self.service_account = self.release.makes("", "ServiceAccount", name)
        if settings.measured:
            Scrape(self, name, pods=self.release.pods, port="metrics", pod_port=_METRICS)


def _values(name: str, settings: RunnerControllerSettings) -> JsonObject:
    metrics: JsonObject = {
        "controllerManagerAddr": f":{_METRICS}",
        "listenerAddr": f":{_METRICS}",
        "listenerEndpoint": "/metrics",
    }
    return {
        "replicaCount": settings.replicas,
        "serviceAccount": {"create": True, "name": name},
        "flags": {"logLevel": "info", "logFormat": "json"},
        "podSecurityContext": restricted_pod(settings.user),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": settings.resources,
        **({"metrics": metrics} if settings.measured else {}),
        **(settings.more or {}),
    }
