"""DNS of talos: the server of its zone, the zone, and records of Ingresses."""

from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.infrastructure.core_dns_zone import CoreDnsZone
from charts.infrastructure.external_dns.ingresses import IngressRecords
from charts.infrastructure.powerdns import DnsAddress, PowerDns
from charts.infrastructure.powerdns_operator import AuthoritativeZone, PowerDnsOperator
from kubestrata import Cluster, Frozen, Reference
from kubestrata.constructs.traffic import MetalLbAddressPool

# The VPS: its public address, and the one in the tailnet, from which it transfers the zone.
_PUBLIC, _SECONDARY = "203.0.113.10", "100.64.0.3"


class Dns(Frozen):
    """The server of the cluster's zone, and the zone."""

    server: PowerDns
    zone: Reference


def serve_names(
    cluster: Cluster,
    namespaces: Namespaces,
    foundation: Foundation,
    *,
    pool: MetalLbAddressPool,
    address: str,
) -> Dns:
    """Add the server at `address`, the zone of the cluster's domain, and its records."""
    CoreDnsZone(cluster, namespace=namespaces.kube_system, zone=cluster.domain, server=address)
    clients = [namespaces.cert_manager, namespaces.external_dns, namespaces.powerdns_operator]
    server = PowerDns(
        cluster,
        namespace=namespaces.dns_system,
        dns=DnsAddress(pool, address, ["10.0.0.0/8", _SECONDARY]),
        storage_class=foundation.storage_class,
        clients=clients,
    )
    operator = PowerDnsOperator(
        cluster,
        namespace=namespaces.powerdns_operator,
        api=server.api,
        key=server.api_key.copy_in(namespaces.powerdns_operator),
    )
    zone = AuthoritativeZone(
        cluster,
        operator=operator,
        zone=cluster.domain,
        # The secondary on the VPS answers for both.
        nameservers={"ns1": _PUBLIC, "ns2": _PUBLIC},
    )
    IngressRecords(
        cluster,
        namespace=namespaces.external_dns,
        api=server.api,
        key=server.api_key.copy_in(namespaces.external_dns),
        zone=zone.ref,
        target=_PUBLIC,
    )
    return Dns(server, zone.ref)
