"""The controller of GitHub Actions runners."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent, Pods

GITHUB = ("api.github.com", "github.com", "*.actions.githubusercontent.com")
"""Hosts for jobs and runner registration."""
_LISTENER = {"app.kubernetes.io/component": "runner-scale-set-listener"}


class GhaRunnerController(HelmComponent):
    """The controller, and the policy of the listeners that it creates in its namespace.

    Runner sets refer to `service_account`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        name = "gha-runner-scale-set-controller"
        super().__init__(
            scope,
            name,
            layer="tooling",
            namespace=namespace,
            chart=catalogue.GHA_RUNNER_SCALE_SET_CONTROLLER.without_crds(),
            values=_values(name),
            flows=[Flow.to_kubernetes_api(), Flow.to_hosts(*GITHUB)],
        )
        listeners = Pods("gha-listeners", namespace.object_name, _LISTENER)
        flows = [Flow.to_kubernetes_api(), Flow.to_hosts(*GITHUB)]
        self.release.allow(*flows, pods=listeners)
        self.service_account = self.release.makes("", "ServiceAccount", name)


def _values(name: str) -> JsonObject:
    return {
        "replicaCount": 2,
        "serviceAccount": {"create": True, "name": name},
        "flags": {"logLevel": "info", "logFormat": "json"},
        "podSecurityContext": {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
    }
