"""A log generator that tests log delivery."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import HelmRelease
from kubestrata.constructs.helm import Patch, PatchStep

_VALUES: JsonObject = {
    "replicaCount": 2,
    "args": ["--sleep", "0.1", "--error-rate", "0.1", "--format", "json", "--latency", "0.2"],
    "resources": resources("10m", "32Mi", "64Mi"),
}
# The chart writes fields of a container into the pod, where Kubernetes has none of this name.
_MISPLACED = ("allowPrivilegeEscalation", "capabilities", "readOnlyRootFilesystem")
_POD = "/spec/template/spec/securityContext"


class Loggen(Component):
    """Two generators of access logs, without network access."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "loggen", layer="observability", namespace=namespace)
        steps = [PatchStep("remove", f"{_POD}/{field}") for field in _MISPLACED]
        HelmRelease(
            self,
            "loggen",
            chart=catalogue.LOGGEN,
            values=_VALUES,
            patches=[Patch.steps("apps/v1", "Deployment", steps)],
        )
