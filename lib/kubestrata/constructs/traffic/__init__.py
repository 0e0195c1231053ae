"""Ways in: gateways, routes, Ingresses, Services, certificates and DNS records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.traffic.address_pool import (
        CiliumAddressPool,
        CiliumL2Announcements,
        MetalLbAddressPool,
        MetalLbL2Announcements,
    )
    from kubestrata.constructs.traffic.allowed_route import RoutesFrom
    from kubestrata.constructs.traffic.attachment import connect_gateway
    from kubestrata.constructs.traffic.certificate import Certificate, Lifetime, PrivateKey
    from kubestrata.constructs.traffic.cilium_bgp import BgpPeer, BgpSession, CiliumBgp
    from kubestrata.constructs.traffic.cluster_mesh import (
        ClusterMesh,
        ClusterMeshSecret,
        MeshMember,
    )
    from kubestrata.constructs.traffic.dns_record import PUBLISHED_FILTER, DnsRecord
    from kubestrata.constructs.traffic.dns_solver import DnsSolver
    from kubestrata.constructs.traffic.dns_zone import DnsRecordSet, DnsZone
    from kubestrata.constructs.traffic.exposure import check_login, entry_point, expose
    from kubestrata.constructs.traffic.forward_auth import (
        AuthProxy,
        ForwardAuth,
        ForwardAuthProvider,
        ForwardLogin,
    )
    from kubestrata.constructs.traffic.gateway import Gateway
    from kubestrata.constructs.traffic.gateway_api import GatewayApi
    from kubestrata.constructs.traffic.gateway_class import CiliumGatewayClass
    from kubestrata.constructs.traffic.gateway_exposure import GatewayExposure
    from kubestrata.constructs.traffic.gateway_reference import (
        GatewayPort,
        GatewayReference,
        Gateways,
        RouteReference,
        Visibility,
    )
    from kubestrata.constructs.traffic.global_service import GlobalService
    from kubestrata.constructs.traffic.grpc_route import GrpcMatch, GrpcRoute
    from kubestrata.constructs.traffic.ingress import Ingress
    from kubestrata.constructs.traffic.ingress_controller import IngressController, Ingresses
    from kubestrata.constructs.traffic.ingress_path import IngressPath, IngressRule
    from kubestrata.constructs.traffic.ingress_settings import (
        ControllerAnnotations,
        IngressSettings,
        NginxSettings,
    )
    from kubestrata.constructs.traffic.ingress_tls import IngressTls
    from kubestrata.constructs.traffic.issuer import (
        LETS_ENCRYPT,
        LETS_ENCRYPT_STAGING,
        AcmeIssuer,
        AuthorityNames,
        InternalAuthority,
        VaultIssuer,
    )
    from kubestrata.constructs.traffic.listener import Listener
    from kubestrata.constructs.traffic.load_balancer import LoadBalancer
    from kubestrata.constructs.traffic.mesh_service import MeshService
    from kubestrata.constructs.traffic.nginx_option import (
        NginxAuth,
        NginxBuffers,
        NginxCanary,
        NginxTimeouts,
    )
    from kubestrata.constructs.traffic.route import HttpsRedirect, Route
    from kubestrata.constructs.traffic.route_filter import (
        Headers,
        NewPath,
        Redirect,
        RequestMirror,
        Rewrite,
    )
    from kubestrata.constructs.traffic.route_match import PathMatch, RouteMatch
    from kubestrata.constructs.traffic.route_rule import RouteRule, Timeouts
    from kubestrata.constructs.traffic.service import (
        ClusterIpService,
        ExternalNameService,
        HeadlessService,
        NodePortService,
    )
    from kubestrata.constructs.traffic.service_address import ServiceAddress
    from kubestrata.constructs.traffic.service_port import ServicePort
    from kubestrata.constructs.traffic.stream_route import TcpRoute, UdpRoute
    from kubestrata.constructs.traffic.tls_route import TlsRoute
    from kubestrata.constructs.traffic.trust_bundle import TrustBundle

__all__ = [
    "LETS_ENCRYPT",
    "LETS_ENCRYPT_STAGING",
    "PUBLISHED_FILTER",
    "AcmeIssuer",
    "AuthProxy",
    "AuthorityNames",
    "BgpPeer",
    "BgpSession",
    "Certificate",
    "CiliumAddressPool",
    "CiliumBgp",
    "CiliumGatewayClass",
    "CiliumL2Announcements",
    "ClusterIpService",
    "ClusterMesh",
    "ClusterMeshSecret",
    "ControllerAnnotations",
    "DnsRecord",
    "DnsRecordSet",
    "DnsSolver",
    "DnsZone",
    "ExternalNameService",
    "ForwardAuth",
    "ForwardAuthProvider",
    "ForwardLogin",
    "Gateway",
    "GatewayApi",
    "GatewayExposure",
    "GatewayPort",
    "GatewayReference",
    "Gateways",
    "GlobalService",
    "GrpcMatch",
    "GrpcRoute",
    "Headers",
    "HeadlessService",
    "HttpsRedirect",
    "Ingress",
    "IngressController",
    "IngressPath",
    "IngressRule",
    "IngressSettings",
    "IngressTls",
    "Ingresses",
    "InternalAuthority",
    "Lifetime",
    "Listener",
    "LoadBalancer",
    "MeshMember",
    "MeshService",
    "MetalLbAddressPool",
    "MetalLbL2Announcements",
    "NewPath",
    "NginxAuth",
    "NginxBuffers",
    "NginxCanary",
    "NginxSettings",
    "NginxTimeouts",
    "NodePortService",
    "PathMatch",
    "PrivateKey",
    "Redirect",
    "RequestMirror",
    "Rewrite",
    "Route",
    "RouteMatch",
    "RouteReference",
    "RouteRule",
    "RoutesFrom",
    "ServiceAddress",
    "ServicePort",
    "TcpRoute",
    "Timeouts",
    "TlsRoute",
    "TrustBundle",
    "UdpRoute",
    "VaultIssuer",
    "Visibility",
    "check_login",
    "connect_gateway",
    "entry_point",
    "expose",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "address_pool": (
            "CiliumAddressPool CiliumL2Announcements MetalLbAddressPool MetalLbL2Announcements"
        ),
        "allowed_route": "RoutesFrom",
        "attachment": "connect_gateway",
        "certificate": "Certificate Lifetime PrivateKey",
        "cilium_bgp": "BgpPeer BgpSession CiliumBgp",
        "cluster_mesh": "ClusterMesh ClusterMeshSecret MeshMember",
        "dns_record": "PUBLISHED_FILTER DnsRecord",
        "dns_solver": "DnsSolver",
        "dns_zone": "DnsRecordSet DnsZone",
        "exposure": "check_login entry_point expose",
        "forward_auth": "AuthProxy ForwardAuth ForwardAuthProvider ForwardLogin",
        "gateway": "Gateway",
        "gateway_api": "GatewayApi",
        "gateway_class": "CiliumGatewayClass",
        "gateway_exposure": "GatewayExposure",
        "gateway_reference": "GatewayPort GatewayReference Gateways RouteReference Visibility",
        "global_service": "GlobalService",
        "grpc_route": "GrpcMatch GrpcRoute",
        "ingress": "Ingress",
        "ingress_controller": "IngressController Ingresses",
        "ingress_path": "IngressPath IngressRule",
        "ingress_settings": "ControllerAnnotations IngressSettings NginxSettings",
        "ingress_tls": "IngressTls",
        "issuer": (
            "LETS_ENCRYPT LETS_ENCRYPT_STAGING AcmeIssuer AuthorityNames InternalAuthority "
            "VaultIssuer"
        ),
        "listener": "Listener",
        "load_balancer": "LoadBalancer",
        "mesh_service": "MeshService",
        "nginx_option": "NginxAuth NginxBuffers NginxCanary NginxTimeouts",
        "route": "HttpsRedirect Route",
        "route_filter": "Headers NewPath Redirect RequestMirror Rewrite",
        "route_match": "PathMatch RouteMatch",
        "route_rule": "RouteRule Timeouts",
        "service": "ClusterIpService ExternalNameService HeadlessService NodePortService",
        "service_address": "ServiceAddress",
        "service_port": "ServicePort",
        "stream_route": "TcpRoute UdpRoute",
        "tls_route": "TlsRoute",
        "trust_bundle": "TrustBundle",
    },
)
