"""Ingress: gateways, routes, certificates and DNS records."""

from kubestrata.constructs.traffic.allowed_route import RoutesFrom
from kubestrata.constructs.traffic.attachment import connect_gateway
from kubestrata.constructs.traffic.certificate import Certificate, Lifetime, PrivateKey
from kubestrata.constructs.traffic.dns_record import PUBLISHED_FILTER, DnsRecord
from kubestrata.constructs.traffic.dns_solver import DnsSolver
from kubestrata.constructs.traffic.gateway import Gateway
from kubestrata.constructs.traffic.gateway_class import CiliumGatewayClass
from kubestrata.constructs.traffic.gateway_exposure import GatewayExposure
from kubestrata.constructs.traffic.gateway_reference import (
    GatewayReference,
    Gateways,
    RouteReference,
    Visibility,
)
from kubestrata.constructs.traffic.grpc_route import GrpcMatch, GrpcRoute
from kubestrata.constructs.traffic.issuer import (
    LETS_ENCRYPT,
    LETS_ENCRYPT_STAGING,
    AcmeIssuer,
    InternalAuthority,
    VaultIssuer,
)
from kubestrata.constructs.traffic.listener import Listener
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
from kubestrata.constructs.traffic.tls_route import GatewayApi, TlsRoute

__all__ = [
    "LETS_ENCRYPT",
    "LETS_ENCRYPT_STAGING",
    "PUBLISHED_FILTER",
    "AcmeIssuer",
    "Certificate",
    "CiliumGatewayClass",
    "DnsRecord",
    "DnsSolver",
    "Gateway",
    "GatewayApi",
    "GatewayExposure",
    "GatewayReference",
    "Gateways",
    "GrpcMatch",
    "GrpcRoute",
    "Headers",
    "HttpsRedirect",
    "InternalAuthority",
    "Lifetime",
    "Listener",
    "NewPath",
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
    "Timeouts",
    "TlsRoute",
    "VaultIssuer",
    "Visibility",
    "connect_gateway",
]
