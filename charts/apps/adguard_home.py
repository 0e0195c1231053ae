"""The DNS server of the home network, which blocks advertisements."""

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Component, Host, JsonObject, Quantity, Reference, ServiceReference
from kubestrata.constructs import (
    FileContent,
    GatewayReference,
    HelmRelease,
    Patch,
    PatchStep,
    Route,
)

_NAME = "adguard-home"
_FILE = "AdGuardHome.yaml"
_WEB, _DNS = 3000, 53
# An older form of the file, which AdGuard Home converts to its own.
_SCHEMA = 27
# CoreDNS of Talos, with the default network of Services.
_CLUSTER_DNS = "10.96.0.10"
_BLOCKED = "https://adguardteam.github.io/HostlistsRegistry/assets/filter_1.txt"


class AdGuardHome(Component):
    """AdGuard Home on port 53 of the node, with its page at `adguard`.

    Queries go to `upstream`. Hosts of the domain resolve to `entry`, the address of the gateway in
    the home network. The page has no users: log in before it.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway: GatewayReference,
        upstream: ServiceReference,
        entry: str,
        storage_class: Reference,
    ) -> None:
        # Its route is created after the policies for routes.
        super().__init__(scope, _NAME, layer="apps", namespace=namespace)
        settings = FileContent.yaml(_FILE, _settings(scope.domain, upstream, entry))
        for reference in settings.references:
            self.needs(reference)
        release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.ADGUARD_HOME,
            values=_values(settings.entries[_FILE], storage_class),
            patches=[_HOST_PORTS],
        )
        page = release.service(_NAME, _WEB)
        Route(self, "adguard", host=scope.host("adguard"), gateway=gateway, to=page)


def _settings(domain: Host, upstream: ServiceReference, entry: str) -> JsonObject:
    """Return the first settings; later ones are made on the page and stay in the volume."""
    return {
        "http": {"address": f"0.0.0.0:{_WEB}"},
        "users": [],
        "dns": {
            "bind_hosts": ["0.0.0.0"],  # noqa: S104  # of the pod
            "port": _DNS,
            "upstream_dns": [upstream.text("{host}:{port}")],
            "bootstrap_dns": [_CLUSTER_DNS],
        },
        "filtering": {"rewrites": [{"domain": domain.wildcard, "answer": entry}]},
        "filters": [{"enabled": True, "id": 1, "name": "AdGuard DNS filter", "url": _BLOCKED}],
        "schema_version": _SCHEMA,
    }


# Sizes are inputs of whoever delivers this cluster.
def _values(settings: str | bytes, storage_class: Reference) -> JsonObject:
    # The chart expects a balancer; the names of its ports and Services are its own.
    internal: JsonObject = {"type": "ClusterIP", "externalTrafficPolicy": None, "annotations": None}
    volume: JsonObject = {"enabled": True, "storageClass": storage_class.name}
    # Those of the other volume are the chart's defaults.
    size: JsonObject = {"accessMode": "ReadWriteOnce", "size": Quantity("1Gi")}
    return {
        "config": settings,
        # Without a certificate of its own, it answers plain queries only.
        "service": {
            "main": {"ports": {"http": {"port": _WEB}}},
            "dns-tcp": {**internal, "ports": {"dns-over-tls": {"enabled": False}}},
            "dns-udp": {**internal, "ports": {"dns-over-quic": {"enabled": False}}},
        },
        "resources": resources("50m", "128Mi", "256Mi"),
        "persistence": {"config": volume, "data": {**volume, **size}},
    }


def _host_port(index: int) -> PatchStep:
    return PatchStep("add", f"/spec/template/spec/containers/0/ports/{index}/hostPort", _DNS)


# The chart has no value for it; its ports are sorted by their Service: TCP, UDP, the page.
_HOST_PORTS = Patch.steps("apps/v1", "Deployment", [_host_port(0), _host_port(1)], name=_NAME)
