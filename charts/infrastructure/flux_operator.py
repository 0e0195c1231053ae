"""The operator that runs Flux, and its web page."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Component, Host, JsonObject, Reference
from kubestrata.constructs import (
    ExternalSecret,
    Flow,
    GatewayReference,
    HelmRelease,
    Route,
    SecretSource,
    ValuesFrom,
)
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "flux-operator"
_LOGIN = "flux-ui-oidc"
_RESOURCES: JsonObject = resources("100m", "128Mi", "256Mi")
_WEB_PORT, _METRICS_PORT = 9080, 8080
# Flux' own manifests are on the first host, which redirects to the second one for layers.
_REGISTRY = ("ghcr.io", "pkg-containers.githubusercontent.com")
_OAUTH2 = "web.config.authentication.oauth2"


class PlainFluxOperator(Component):
    """The operator without its page; the bootstrap installs it, and Flux upgrades it."""

    def __init__(self, scope: Cluster, *, namespace: Reference, version: str) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        self.release = HelmRelease(
            self, _NAME, chart=catalogue.FLUX_OPERATOR.at(version), values={"resources": _RESOURCES}
        )
        self.release.allow(Flow.to_kubernetes_api())
        Scrape(self, _NAME, pods=self.release.pods, port="http-metrics")


class FluxOperator(Component):
    """The operator, and its page on the private gateway.

    OpenTofu installs it with its FluxInstance before Flux exists; afterwards Flux upgrades it.
    People log in at `issuer`, and see what the roles of their groups allow.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway: GatewayReference,
        issuer: Host,
    ) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        source = SecretSource.all_of("security/flux/ui-oidc", keys=["clientID", "clientSecret"])
        login = ExternalSecret(self, _LOGIN, source=source).secret
        host = gateway.domain.sub(f"flux-ui-{scope.name}")
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.FLUX_OPERATOR,
            values=_values(host, issuer),
            values_from=[
                ValuesFrom.secret(login.key("clientID"), path=f"{_OAUTH2}.clientID"),
                ValuesFrom.secret(login.key("clientSecret"), path=f"{_OAUTH2}.clientSecret"),
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


def _values(host: Host, issuer: Host) -> JsonObject:
    return {
        "resources": _RESOURCES,
        "web": {
            "networkPolicy": {"create": False},
            "config": {
                "baseURL": f"https://{host}",
                "authentication": {
                    "type": "OAuth2",
                    "sessionDuration": "24h",
                    "oauth2": {
                        "provider": "OIDC",
                        "issuerURL": f"https://{issuer}",
                        # The default includes two scopes that Zitadel does not grant.
                        "scopes": ["openid", "profile", "email"],
                        "impersonation": {"username": "claims.email", "groups": "claims.groups"},
                    },
                },
            },
        },
    }
