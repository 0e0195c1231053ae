"""DNS-01 challenges of cert-manager in PowerDNS."""

from charts import catalogue
from charts.resource_request import bounded
from charts.security_context import HARDENED
from kubestrata import Cluster, Host, JsonObject, Reference, ServiceReference
from kubestrata.constructs import Flow, HelmComponent, SecretKey
from kubestrata.constructs.access import ClusterRole, Permission, RoleSubject
from kubestrata.constructs.traffic import DnsSolver

_NAME = "cert-manager-webhook-powerdns"
_ACCOUNT = f"{_NAME}-cert-manager-webhook-pdns"
_GROUP = "acme.zacharyseguin.ca"
_USER = 1000
_REVIEWS = ("subjectaccessreviews", "selfsubjectaccessreviews")


class PdnsWebhook(HelmComponent):
    """The webhook beside cert-manager, on nodes of the control plane.

    Its chart lacks permissions that the API server library of the webhook requires.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.PDNS_WEBHOOK,
            values=_VALUES,
            creates=["cert-manager.io"],
            flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(8443)],
        )
        account = self.release.makes("", "ServiceAccount", _ACCOUNT)
        ClusterRole(
            self,
            f"{_NAME}-additional",
            permissions=[
                Permission.read("configmaps", group=""),
                Permission.of(["list", "watch"], "*", group=_GROUP),
                Permission.of(["create"], "tokenreviews", group="authentication.k8s.io"),
                Permission.of(["create"], *_REVIEWS, group="authorization.k8s.io"),
            ],
            subjects=[RoleSubject.account(account)],
        )

    def solver(self, *, api: ServiceReference, key: SecretKey, zone: Host) -> DnsSolver:
        """Return the solver for a zone of the server at `api`, in a component that waits for it."""
        secret: JsonObject = {"name": key.name, "key": key.key}
        host = api.text("http://{name}.{namespace}:{port}")
        config: JsonObject = {"host": host, "apiKeySecretRef": secret}
        return DnsSolver.webhook(group=_GROUP, solver="pdns", config=config, zones=[zone])


_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
_VALUES: JsonObject = {
    "groupName": _GROUP,
    "nodeSelector": {_CONTROL_PLANE: ""},
    "tolerations": [{"key": _CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"}],
    "resources": bounded("25m", "32Mi", "50m", "64Mi"),
    "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
    "containerSecurityContext": {
        **HARDENED,
        "runAsNonRoot": True,
        "runAsUser": _USER,
        "runAsGroup": _USER,
    },
}
