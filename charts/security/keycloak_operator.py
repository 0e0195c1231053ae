"""The operator of Keycloak, which comes with no chart."""

from charts import catalogue
from kubestrata import Cluster, Component, Quantity, Reference
from kubestrata.constructs import Container, Flow, Pods, Probe, Probes, Resources, Scaling, Workload
from kubestrata.constructs.access import (
    ClusterRole,
    Permission,
    RoleBinding,
    RoleSubject,
    ServiceAccount,
)
from kubestrata.constructs.identity import KeycloakOperator
from kubestrata.constructs.workload import PodSecurity, PodSettings

_NAME = "keycloak-operator"
_USER = 1000
_ALL = ("create", "delete", "get", "list", "patch", "update", "watch")
# Its controllers read the namespaces to watch from these; by default they watch their own.
_WATCHES = [
    f"QUARKUS_OPERATOR_SDK_CONTROLLERS_{each}CONTROLLER_NAMESPACES"
    for each in ("KEYCLOAK", "KEYCLOAKREALMIMPORT")
]


class KeycloakController(Component):
    """The operator, for the Keycloaks in the namespace `watched`.

    Provide `operator` to the cluster, before its Keycloaks.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, watched: Reference) -> None:
        super().__init__(scope, _NAME, layer="security", namespace=namespace)
        account = ServiceAccount(self, _NAME)
        self._permit(account, watched)
        watches = dict.fromkeys(_WATCHES, watched.name)
        workload = Workload(
            self,
            _NAME,
            image=catalogue.KEYCLOAK_OPERATOR,
            container=Container(
                service_account_token=True,
                env={"RELATED_IMAGE_KEYCLOAK": catalogue.KEYCLOAK, **watches},
                env_from_fields={"KUBERNETES_NAMESPACE": "metadata.namespace"},
                writable={"/tmp": Quantity("64Mi")},  # noqa: S108  # a volume
                probes=_PROBES,
                resources=_RESOURCES,
            ),
            pod=PodSettings(service_account=account.ref, security=PodSecurity(user=_USER)),
            # It does not elect a leader.
            scaling=Scaling(min=1, max=1),
        )
        workload.allow(Flow.to_kubernetes_api())
        labels = workload.endpoint.pods.labels
        self.operator = KeycloakOperator(Pods(_NAME, namespace.object_name, labels), self)

    def _permit(self, account: ServiceAccount, watched: Reference) -> None:
        """Bind what it needs in the namespace that it watches."""
        ClusterRole(self, _NAME, permissions=_PERMISSIONS)
        RoleBinding(
            self,
            _NAME,
            role=ClusterRole,
            subjects=[RoleSubject.account(account)],
            namespace=watched,
        )
