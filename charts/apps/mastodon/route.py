"""The route of Mastodon: its web servers and its streaming servers below one host."""

from kubeapis import gateway as api
from kubestrata import Construct, Host, ServiceReference
from kubestrata.constructs import GatewayReference
from kubestrata.constructs.traffic import (
    Headers,
    PathMatch,
    RouteMatch,
    RouteRule,
    connect_gateway,
)

_STREAMING = "/api/v1/streaming"


class MastodonRoute(Construct):
    """One HTTPRoute with two Services; responses name the same site in Tor.

    `onion` is the host of that site, for the header by which Tor Browser offers it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        host: Host,
        gateway: GatewayReference,
        web: ServiceReference,
        streaming: ServiceReference,
        onion: str,
    ) -> None:
        super().__init__(scope, f"{id}-route")
        location = Headers("response", add={"Onion-Location": f"http://{onion}"})
        rules = [
            RouteRule([RouteMatch(PathMatch.prefix(path))], [location]).field([_backend(service)])
            for path, service in ((_STREAMING, streaming), ("/", web))
        ]
        parent = api.TCPRouteSpecParentRefs(
            name=gateway.gateway.name,
            namespace=gateway.gateway.namespace,
            section_name=gateway.listener,
        )
        self.resource = api.HTTPRoute(
            self,
            id,
            spec=api.HTTPRouteSpec(parent_refs=[parent], hostnames=[host], rules=rules),
        )
        for service in (web, streaming):
            connect_gateway(self, service.name, gateway=gateway, to=service)


def _backend(service: ServiceReference) -> api.HTTPRouteSpecRulesBackendRefs:
    return api.HTTPRouteSpecRulesBackendRefs(name=service.name, port=service.port)
