"""The web UI of the cluster."""

from collections.abc import Mapping, Sequence

from charts import catalogue
from charts.resource_request import apart, resources
from charts.security.encrypted_login import EncryptedLogin
from charts.security_context import WRITABLE_ROOT
from kubestrata import Cluster, Component, Host, Image, JsonObject, Namespace, Reference
from kubestrata.constructs import (
    Flow,
    Gateways,
    HelmChart,
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
_ID = "OIDC_CLIENT_ID"
_SECRET = "OIDC_CLIENT_SECRET"  # noqa: S105  # an environment variable
_LOGIN = ClientSecret(
    name=f"{_NAME}-envvars",
    id_key=_ID,
    secret_key=_SECRET,
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
    """Return the client of the Headlamp at `host`."""
    return OidcApplication(
        id=_NAME, name="Headlamp", redirects=[f"https://{host}/oidc-callback"], pkce=None
    )


class Headlamp(Component):
    """Headlamp at `headlamp` in the private domain; people log in at `issuer`.

    People see what the roles of their groups allow; `readers` are the groups that may also read
    cluster-scoped objects. Headlamp itself has no permissions. Its client is in the secret store,
    or that of `login`. `labels` are those of its route.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Namespace | Reference,
        issuer: Host,
        readers: Sequence[str],
        chart: HelmChart = catalogue.HEADLAMP,
        replicas: int = 2,
        login: EncryptedLogin | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        variables = self._client() if login is None else self._encrypted(login)
        values = _values(variables, replicas)
        release = HelmRelease(self, _NAME, chart=chart, values=values)
        release.allow(Flow.to_kubernetes_api(), Flow.to_hosts(issuer))
        page = release.endpoint(_PORT).behind(release.service(_NAME, 80))
        self.route = Route.at(self, _NAME, label=_NAME, to=page, labels=labels)
        groups = [RoleSubject.group(each) for each in readers]
        ClusterRole(self, f"{_NAME}-cluster-view", permissions=_CLUSTER_WIDE, subjects=groups)

    def _client(self) -> SecretReference:
        """Return the client at the cluster's provider, as environment variables of Headlamp."""
        host = self.cluster.ask(Gateways).with_visibility("private").domain.sub(_NAME)
        return SingleSignOn(self, headlamp_application(host), secret=_LOGIN).login.secret

    def _encrypted(self, login: EncryptedLogin) -> SecretReference:
        return login.sign_on(self, f"{_NAME}-login", id_key=_ID, secret_key=_SECRET).secret


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
    **WRITABLE_ROOT,
}


def _plugin(name: str, image: Image) -> JsonObject:
    """Return the container that copies a plugin out of its image."""
    return {
        "name": f"plugin-{name}",
        "image": image,
        "command": ["/bin/sh", "-c", f"cp -r /plugins/* {_PLUGINS}/"],
        "securityContext": _UNPRIVILEGED,
        "resources": resources("10m", "16Mi", "64Mi"),
        "volumeMounts": [{"name": "plugins", "mountPath": _PLUGINS}],
    }


def _values(login: SecretReference, replicas: int) -> JsonObject:
    # With one pod, a budget would block the drain of its node.
    budget: JsonObject = (
        {"enabled": True, "minAvailable": 1} if replicas > 1 else {"enabled": False}
    )
    return {
        "replicaCount": replicas,
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
        "podDisruptionBudget": budget,
        "resources": resources("20m", "128Mi", "256Mi"),
        "affinity": apart({"app.kubernetes.io/name": _NAME}, "topology.kubernetes.io/zone"),
    }
