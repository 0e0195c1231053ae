"""The operator that runs Flux, and its web page."""

from collections.abc import Mapping

from charts import catalogue
from kubeapis import k8s
from kubestrata import Cluster, Component, Host, JsonObject, Reference
from kubestrata.constructs import (
    ExternalSecret,
    Flow,
    GatewayReference,
    HelmRelease,
    RemoteKey,
    Route,
    SecretSource,
    ValuesFrom,
)
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "flux-operator"
_LOGIN = "flux-web-oidc"
_WEB_PORT, _METRICS_PORT = 9080, 8080
# Flux' own manifests are on the first host, which redirects to the second one for layers.
_REGISTRY = ("ghcr.io", "pkg-containers.githubusercontent.com")
_OAUTH2 = "web.config.authentication.oauth2"


class FluxOperator(Component):
    """The operator, its page on the private gateway, and the permissions of its users.

    OpenTofu installs it with its FluxInstance before Flux exists; afterwards Flux upgrades it.
    People log in at `issuer`; `groups` maps its groups to ClusterRoles of the chart:
    `flux-web-admin` or `flux-web-user`.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway: GatewayReference,
        issuer: Host,
        groups: Mapping[str, str],
    ) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        keys = {key: RemoteKey("zitadel/flux-web", key) for key in ("client_id", "client_secret")}
        login = ExternalSecret(self, _LOGIN, source=SecretSource.keys(keys)).secret
        host = gateway.domain.sub("flux")
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.FLUX_OPERATOR,
            values=_values(host, issuer),
            values_from=[
                ValuesFrom.secret(login.key("client_id"), path=f"{_OAUTH2}.clientID"),
                ValuesFrom.secret(login.key("client_secret"), path=f"{_OAUTH2}.clientSecret"),
            ],
        )
        release.allow(
            Flow.to_kubernetes_api(),
            Flow.to_hosts(issuer, *_REGISTRY),
            Flow.from_pods(scope.ask(Monitoring).scraper, _METRICS_PORT),
        )
        Scrape(self, _NAME, pods=release.pods, port="http-metrics")
        page = release.endpoint(_WEB_PORT).behind(release.service(_NAME, _WEB_PORT))
        self.route = Route(self, _NAME, host=host, gateway=gateway, to=page)
        for group, role in groups.items():
            self._bind(group, release.makes(_RBAC, "ClusterRole", role, namespaced=False))

    def _bind(self, group: str, role: Reference) -> None:
        k8s.ClusterRoleBinding(
            self,
            f"flux-web-{group}",
            role_ref=k8s.RoleRef(api_group=_RBAC, kind=role.kind, name=role.name),
            subjects=[k8s.Subject(api_group=_RBAC, kind="Group", name=group)],
        )


_RBAC = "rbac.authorization.k8s.io"


def _values(host: Host, issuer: Host) -> JsonObject:
    return {
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
        "web": {
            "networkPolicy": {"create": False},
            "config": {
                "baseURL": f"https://{host}",
                "authentication": {
                    "type": "OAuth2",
                    "oauth2": {"provider": "OIDC", "issuerURL": f"https://{issuer}"},
                },
            },
        },
    }
