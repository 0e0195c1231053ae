"""The web UI of the cluster."""

from collections.abc import Mapping

from charts import catalogue
from kubeapis import k8s
from kubestrata import Cluster, Component, Host, JsonObject, Reference
from kubestrata.constructs import (
    ExternalSecret,
    Flow,
    HelmRelease,
    RemoteKey,
    Route,
    SecretReference,
    SecretSource,
    SecretTemplate,
)

_NAME = "headlamp"
_PORT = 4466
_RBAC = "rbac.authorization.k8s.io"
_SCOPES = "openid profile email groups"
# Cluster-scoped objects are not included in Kubernetes' built-in roles.
_READ = ("get", "list", "watch")
_CLUSTER_WIDE = [
    k8s.PolicyRule(api_groups=[group], resources=resources, verbs=_READ)
    for group, resources in (
        ("", ["namespaces", "nodes", "persistentvolumes"]),
        ("apiextensions.k8s.io", ["customresourcedefinitions"]),
        ("gateway.networking.k8s.io", ["gatewayclasses"]),
        ("metrics.k8s.io", ["nodes"]),
        ("scheduling.k8s.io", ["priorityclasses"]),
        ("storage.k8s.io", ["storageclasses"]),
    )
]


class Headlamp(Component):
    """Headlamp at `headlamp` in the private domain; people log in at `issuer`.

    People see what their own permissions allow: `groups` maps groups of the issuer to ClusterRoles
    of Kubernetes; all of them can read cluster-scoped objects. Headlamp itself has no permissions.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, issuer: Host, groups: Mapping[str, str]
    ) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        release = HelmRelease(
            self, _NAME, chart=catalogue.HEADLAMP, values=_values(self._login(issuer))
        )
        release.allow(Flow.to_kubernetes_api(), Flow.to_hosts(issuer))
        page = release.endpoint(_PORT).behind(release.service(_NAME, 80))
        self.route = Route.at(self, _NAME, label=_NAME, to=page)
        reader = k8s.ClusterRole(self, f"{_NAME}-cluster-view", rules=_CLUSTER_WIDE).name
        for group, role in groups.items():
            self._bind(group, f"{_NAME}-{group}", role)
            self._bind(group, f"{_NAME}-{group}-cluster-view", reader)

    def _bind(self, group: str, name: str, role: str) -> None:
        k8s.ClusterRoleBinding(
            self,
            name,
            role_ref=k8s.RoleRef(api_group=_RBAC, kind="ClusterRole", name=role),
            subjects=[k8s.Subject(api_group=_RBAC, kind="Group", name=group)],
        )

    def _login(self, issuer: Host) -> SecretReference:
        """Return the OIDC client, as the environment variables of Headlamp."""
        keys = {key: RemoteKey(f"zitadel/{_NAME}", key) for key in ("client_id", "client_secret")}
        template = SecretTemplate(
            {
                "OIDC_CLIENT_ID": "{{ .client_id }}",
                "OIDC_CLIENT_SECRET": "{{ .client_secret }}",
                "OIDC_ISSUER_URL": f"https://{issuer}",
                "OIDC_SCOPES": _SCOPES,
            }
        )
        source = SecretSource.keys(keys)
        return ExternalSecret(self, f"{_NAME}-oidc", source=source, template=template).secret


def _values(login: SecretReference) -> JsonObject:
    return {
        "replicaCount": 2,
        # Users have their own permissions; by default the chart makes the pods cluster-admin.
        "clusterRoleBinding": {"create": False},
        "config": {
            "oidc": {
                "secret": {"create": False},
                "externalSecret": {"enabled": True, "name": login.name, "hasScopes": True},
            },
        },
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 100,
            "runAsGroup": 101,
            "privileged": False,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "resources": {
            "requests": {"cpu": "20m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/name": _NAME}},
            }
        ],
    }
