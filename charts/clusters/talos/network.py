"""Ways into talos: addresses of load balancers, DNS, public certificates, and Ingresses."""

from charts.clusters.talos.dns import Dns, serve_names
from charts.clusters.talos.environment import Environment
from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.infrastructure.address_pools import AddressPools
from charts.infrastructure.ingress_nginx import IngressNginx
from charts.infrastructure.metallb import MetalLb
from charts.infrastructure.pdns_webhook import PdnsWebhook
from charts.infrastructure.public_issuer import PublicIssuer
from kubestrata import Cluster, Frozen, Reference
from kubestrata.constructs.traffic import Ingresses

_INGRESS, _DNS, _SERVICES = "10.2.3.2", "10.2.3.3", "10.2.3.4-10.2.3.20"
# An input of whoever delivers this cluster: Let's Encrypt refuses this domain.
_ACME_CONTACT = "admin@example.com"


class Network(Frozen):
    """The issuer of public hosts, and DNS; the cluster provides the Ingress controller."""

    issuer: Reference
    dns: Dns


def open_network(
    cluster: Cluster, namespaces: Namespaces, foundation: Foundation, environment: Environment
) -> Network:
    """Add the network, and provide Ingresses to the cluster."""
    metallb = MetalLb(cluster, namespace=namespaces.flux_system, target=namespaces.metallb_system)
    pools = AddressPools(
        cluster,
        metallb=metallb,
        namespace=namespaces.metallb_system,
        ingress=_INGRESS,
        dns=_DNS,
        services=_SERVICES,
    )
    dns = serve_names(cluster, namespaces, foundation, pool=pools.dns, address=_DNS)
    issuer = PublicIssuer(
        cluster,
        namespace=namespaces.cert_manager,
        webhook=PdnsWebhook(cluster, namespace=namespaces.cert_manager),
        api=dns.server.api,
        api_key=dns.server.api_key.copy_in(namespaces.cert_manager),
        zone=dns.zone,
        email=_ACME_CONTACT,
        server=environment.acme_server,
    ).issuer
    nginx = IngressNginx(
        cluster, namespace=namespaces.ingress_system, pool=pools.ingress, address=_INGRESS
    )
    controller = nginx.controller(issuer)
    # The VPS passes all hosts on.
    cluster.offer(Ingresses(public=controller, private=controller))
    return Network(issuer, dns)
