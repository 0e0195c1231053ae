"""Local volumes on a disk of each node, by OpenEBS."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent, Pods
from kubestrata.constructs.scaling import Availability, DisruptionBudget
from kubestrata.constructs.storage import HostPathClass

_NAME, _PROVISIONER = "openebs", "localpv-provisioner"
_REPLICAS = 1


class OpenEbs(HelmComponent):
    """The provisioner of folders, and the StorageClass `openebs-local-nvme`.

    `path` is where the disk is mounted on every node. The other engines, and the logs of the chart,
    are disabled. `storage_class` is the class, `provisioner` the pods.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, path: str) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.OPENEBS,
            values=_values(path),
        )
        # The chart labels its pods in the way of older charts.
        labels = {"app": _PROVISIONER, "release": _NAME}
        self.provisioner = Pods(_PROVISIONER, namespace.object_name, labels)
        self.release.allow(Flow.to_kubernetes_api(), pods=self.provisioner)
        DisruptionBudget(
            self,
            _PROVISIONER,
            labels=labels,
            availability=Availability(max_unavailable=1),
            replicas=_REPLICAS,
        )
        self.storage_class = HostPathClass(self, "openebs-local-nvme", path=path).ref


def _values(path: str) -> JsonObject:
    disabled: JsonObject = {"enabled": False}
    return {
        "localpv-provisioner": {
            "localpv": {
                "basePath": path,
                "replicas": _REPLICAS,
                "resources": bounded("50m", "64Mi", "200m", "128Mi"),
            },
            # The class is an object of this component.
            "hostpathClass": disabled,
            "analytics": disabled,
        },
        "openebs-crds": {"csi": {"volumeSnapshots": disabled}},
        "engines": {
            "local": {"lvm": disabled, "zfs": disabled},
            "replicated": {"mayastor": disabled},
        },
        "loki": disabled,
        "alloy": disabled,
    }
