"""The way in: gateways and routes."""

from kubestrata.constructs.traffic.gateway_reference import GatewayReference, Gateways
from kubestrata.constructs.traffic.route import Route

__all__ = ["GatewayReference", "Gateways", "Route"]
