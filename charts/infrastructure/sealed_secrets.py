"""The controller that decrypts SealedSecrets."""

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import Flow, HelmRelease, Placement, ReleasePolicy

_NAME = "sealed-secrets"
_CONTROLLER = "sealed-secrets-controller"


class SealedSecrets(Component):
    """Sealed Secrets in `target`, with a key that exists before it runs.

    Whoever creates the cluster adds the key as the Secret `sealed-secrets-key` of type
    kubernetes.io/tls, with the label `sealedsecrets.bitnami.com/sealed-secrets-key: active`: sealed
    files stay valid for each new cluster. Later keys are added to it.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, target: Reference) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.SEALED_SECRETS,
            policy=ReleasePolicy(placement=Placement(_NAME, target)),
            values=_VALUES,
        )
        self.release.allow(Flow.to_kubernetes_api())


_VALUES: JsonObject = {
    "fullnameOverride": _CONTROLLER,
    "keyrenewperiod": "720h0m0s",
    "service": {"type": "ClusterIP", "port": 8080},
    "serviceAccount": {"create": True, "name": _CONTROLLER},
    "containerSecurityContext": {"runAsNonRoot": True, "runAsUser": 1001},
    "resources": bounded("10m", "64Mi", "100m", "128Mi"),
}
