"""The web UI of the cluster."""

from collections.abc import Sequence

from charts import catalogue
from kubestrata import Cluster, Component, Host, Image, JsonObject, Reference
from kubestrata.constructs import (
    Flow,
    Gateways,
    HelmRelease,
    Route,
    SecretReference,
)
from kubestrata.constructs.access import ClusterRole, Permission, RoleSubject
from kubestrata.constructs.identity import ClientSecret, OidcApplication, SingleSignOn
from kubestrata.constructs.secret import Refresh

_NAME = "headlamp"
_PORT = 4466
SETTINGS = ("OIDC_ISSUER_URL", "OIDC_SCOPES")
"""Keys of its Secret beside the client's."""
_LOGIN = ClientSecret(
    name=f"{_NAME}-envvars",
    id_key="OIDC_CLIENT_ID",
    secret_key="OIDC_CLIENT_SECRET",  # noqa: S106  # an environment variable
    refresh=Refresh.every("20m"),
)
# Cluster-scoped objects are not included in Kubernetes' built-in roles.
_CLUSTER_WIDE = [
    Permission.read("namespaces", "nodes", "persistentvolumes", group=""),
    Permission.read("customresourcedefinitions", group="apiextensions.k8s.io"),
    Permission.read("gatewayclasses", group="gateway.networking.k8s.io"),
    Permission.read("nodes", group="metrics.k8s.io"),
    Permission.read("priorityclasses", group="scheduling.k8s.io"),
    Permission.read("storageclasses", group="storage.k8s.io"),
]


def headlamp_application(host: Host) -> OidcApplication:
    """Return Headlamp as an application that logs people in; `host` is where it is reached."""
    return OidcApplication(id=_NAME, name="Headlamp", redirects=[f"https://{host}/oidc-callback"])


class Headlamp(Component):
    """Headlamp at `headlamp` in the private domain; people log in at `issuer`.

    People see what the roles of their groups allow; `readers` are the groups that may also read
    cluster-scoped objects. Headlamp itself has no permissions.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, issuer: Host, readers: Sequence[str]
    ) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        host = scope.ask(Gateways).with_visibility("private").domain.sub(_NAME)
        login = SingleSignOn(self, headlamp_application(host), secret=_LOGIN).login
        release = HelmRelease(self, _NAME, chart=catalogue.HEADLAMP, values=_values(login.secret))
        release.allow(Flow.to_kubernetes_api(), Flow.to_hosts(issuer))
        page = release.endpoint(_PORT).behind(release.service(_NAME, 80))
        self.route = Route.at(self, _NAME, label=_NAME, to=page)
        groups = [RoleSubject.group(each) for each in readers]
        ClusterRole(self, f"{_NAME}-cluster-view", permissions=_CLUSTER_WIDE, subjects=groups)


_PLUGINS = "/build/plugins"
_IMAGES = {
    "cert-manager": Image("ghcr.io/headlamp-k8s/headlamp-plugin-cert-manager:v0.1.0"),
    "flux": Image("ghcr.io/headlamp-k8s/headlamp-plugin-flux:v0.6.0"),
}
_UNPRIVILEGED: JsonObject = {
    "runAsNonRoot": True,
    "runAsUser": 100,
    "runAsGroup": 101,
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}


def _plugin(name: str, image: Image) -> JsonObject:
    """Return the container that copies a plugin out of its image."""
    return {
        "name": f"plugin-{name}",
        "image": image,
        "command": ["/bin/sh", "-c", f"cp -r /plugins/* {_PLUGINS}/"],
        "securityContext": _UNPRIVILEGED,
        "resources": {
            "requests": {"cpu": "10m", "memory": "16Mi"},
            "limits": {"memory": "64Mi"},
        },
        "volumeMounts": [{"name": "plugins", "mountPath": _PLUGINS}],
    }


def _values(login: SecretReference) -> JsonObject:
    return {
        "replicaCount": 2,
        # Users have their own permissions; by default the chart makes the pods cluster-admin.
        "clusterRoleBinding": {"create": False},
        "config": {
            "pluginsDir": _PLUGINS,
            "oidc": {
                "secret": {"create": False},
                "externalSecret": {"enabled": True, "name": login.name},
            },
        },
        "initContainers": [_plugin(name, image) for name, image in _IMAGES.items()],
        "volumes": [{"name": "plugins", "emptyDir": {}}],
        "volumeMounts": [{"name": "plugins", "mountPath": _PLUGINS, "readOnly": True}],
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": _UNPRIVILEGED,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "resources": {
            "requests": {"cpu": "20m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {
                        "weight": 100,
                        "podAffinityTerm": {
                            "topologyKey": "topology.kubernetes.io/zone",
                            "labelSelector": {"matchLabels": {"app.kubernetes.io/name": _NAME}},
                        },
                    }
                ]
            }
        },
    }
