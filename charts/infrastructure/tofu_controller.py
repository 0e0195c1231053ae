"""The controller that applies OpenTofu configurations of Git in the cluster."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent

_RUNNER = "tf-runner"
_USER = 65532


class TofuController(HelmComponent):
    """tofu-controller with its CRDs; `runner` is the ServiceAccount of the pods that apply.

    The chart lets the runner read and write Secrets, ConfigMaps and Leases: state, variables and
    outputs.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "tofu-controller",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.TOFU_CONTROLLER,
            values=_VALUES,
            flows=[Flow.to_kubernetes_api()],
        )
        self.runner = self.release.makes("", "ServiceAccount", _RUNNER)


_VALUES: JsonObject = {
    "runner": {"serviceAccount": {"name": _RUNNER}},
    "podSecurityContext": {"runAsNonRoot": True, "runAsUser": _USER, "fsGroup": _USER},
    "logLevel": "info",
    "resources": bounded("100m", "128Mi", "1000m", "1Gi"),
}
