"""The operator of Keycloak, which comes with no chart."""

from charts import container_image
from kubestrata import Cluster, Component, Quantity, Reference
from kubestrata.constructs import (
    Container,
    Flow,
    Pods,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scaling,
    Workload,
)
from kubestrata.constructs.access import (
    ClusterRole,
    Permission,
    Role,
    RoleSubject,
    ServiceAccount,
)
from kubestrata.constructs.identity import KeycloakOperator

_NAME = "keycloak-operator"
_USER = 1000
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
        subjects = [RoleSubject.account(account)]
        ClusterRole(self, _NAME, permissions=[_DEFINITIONS], subjects=subjects)
        Role(self, _NAME, permissions=_PERMISSIONS, subjects=subjects, namespace=watched)
        workload = Workload(
            self,
            _NAME,
            image=container_image.KEYCLOAK_OPERATOR,
            container=Container(
                service_account_token=True,
                env={
                    "RELATED_IMAGE_KEYCLOAK": container_image.KEYCLOAK,
                    **dict.fromkeys(_WATCHES, watched.name),
                },
                env_from_fields={"KUBERNETES_NAMESPACE": "metadata.namespace"},
                writable={"/tmp": Quantity("64Mi")},  # noqa: S108  # a volume
                probes=_PROBES,
                resources=_RESOURCES,
            ),
            pod=PodSettings(service_account=account.name, security=PodSecurity(user=_USER)),
            # It does not elect a leader.
            scaling=Scaling.fixed(1),
        )
        workload.allow(Flow.to_kubernetes_api())
        pods: Pods = workload.endpoint.pods
        self.operator = KeycloakOperator(pods, self)


_PROBES = Probes(
    liveness=Probe(path="/q/health/live", initial_delay_seconds=30, period_seconds=30),
    readiness=Probe(path="/q/health/ready", initial_delay_seconds=10, period_seconds=10),
)
_RESOURCES = Resources.of("100m", "128Mi", "500m", "512Mi")
# It checks at its start that its own kinds are installed.
_DEFINITIONS = Permission.of(
    ["get", "list"], "customresourcedefinitions", group="apiextensions.k8s.io"
)
_OWN = ("keycloakrealmimports", "keycloaks")
_PARTS = [f"{each}/{part}" for each in _OWN for part in ("finalizers", "status")]
_PERMISSIONS = [
    Permission.write(*_OWN, *_PARTS, group="k8s.keycloak.org"),
    Permission.write("configmaps", "secrets", "serviceaccounts", "services", group=""),
    Permission.read("pods", group=""),
    Permission.write("statefulsets", group="apps"),
    Permission.write("jobs", group="batch"),
    Permission.write("ingresses", "networkpolicies", group="networking.k8s.io"),
    Permission.read("httproutes", group="gateway.networking.k8s.io"),
    Permission.of(["create", "patch"], "events", group=""),
]
