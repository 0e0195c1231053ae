"""The operator that runs Flux, and its web page."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Component, Host, JsonObject, Reference
from kubestrata.constructs import (
    Flow,
    GatewayReference,
    HelmRelease,
    Route,
    ValuesFrom,
)
from kubestrata.constructs.identity import (
    ClientSecret,
    OidcApplication,
    OidcLogin,
    SingleSignOn,
)
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "flux-operator"
# The names of the operator's own settings.
_LOGIN = ClientSecret(
    name="flux-ui-oidc",
    id_key="clientID",
    secret_key="clientSecret",  # noqa: S106  # a key
)
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


def flux_host(domain: Host, cluster: str) -> Host:
    """Return the host of the page of a cluster's Flux."""
    return domain.sub(f"flux-ui-{cluster}")


def flux_application(domain: Host, cluster: str) -> OidcApplication:
    """Return the page of Flux as an application that logs people in."""
    return OidcApplication(
        id="flux",
        name="Flux",
        redirects=[f"https://{flux_host(domain, cluster)}/oauth2/callback"],
        scopes=["profile", "email"],
    )


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
        application = flux_application(gateway.domain, scope.name)
        login = SingleSignOn(self, application, secret=_LOGIN).login
        host = flux_host(gateway.domain, scope.name)
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.FLUX_OPERATOR,
            values=_values(host, login),
            values_from=[
                ValuesFrom.secret(login.id, path=f"{_OAUTH2}.clientID"),
                ValuesFrom.secret(login.password, path=f"{_OAUTH2}.clientSecret"),
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


def _values(host: Host, login: OidcLogin) -> JsonObject:
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
                        "issuerURL": login.issuer,
                        # The default includes two scopes that Zitadel does not grant.
                        "scopes": login.application.all_scopes,
                        "impersonation": {"username": "claims.email", "groups": "claims.groups"},
                    },
                },
            },
        },
    }
