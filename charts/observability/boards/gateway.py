"""Dashboards of the Gateway API, from the state metrics of its objects."""

from charts.observability.boards.board import Board, Panel, Query, line, number, table

_PREFIX = "gatewayapi"
_ROUTES = {
    "HTTPRoute": True,
    "GRPCRoute": True,
    "TLSRoute": True,
    "TCPRoute": False,
    "UDPRoute": False,
}


def _total(kind: str) -> str:
    return f"count({_PREFIX}_{kind.lower()}_created) or vector(0)"


def _condition(kind: str, condition: str) -> str:
    return f'sum({_PREFIX}_{kind.lower()}_status{{type="{condition}"}}) or vector(0)'


CLASSES = Board(
    "gateway-api-classes",
    "Gateway API: classes",
    [
        number("Classes", _total("GatewayClass")),
        number("Accepted", _condition("GatewayClass", "Accepted")),
        table("Controllers", f"{_PREFIX}_gatewayclass_info"),
        table("Features", f"{_PREFIX}_gatewayclass_status_supported_features"),
    ],
)
GATEWAYS = Board(
    "gateway-api-gateways",
    "Gateway API: gateways",
    [
        number("Gateways", _total("Gateway")),
        number("Accepted", _condition("Gateway", "Accepted")),
        number("Programmed", _condition("Gateway", "Programmed")),
        number("Listeners", f"count({_PREFIX}_gateway_listener_info) or vector(0)"),
        line(
            "Attached routes",
            f"{_PREFIX}_gateway_status_listener_attached_routes",
            "{{namespace}}/{{name}} {{listener_name}}",
        ),
        Panel(
            "Conditions",
            [Query(f"{_PREFIX}_gateway_status", "{{namespace}}/{{name}} {{type}}")],
        ),
        table("Listeners", f"{_PREFIX}_gateway_listener_info"),
        table("Addresses", f"{_PREFIX}_gateway_status_address_info"),
    ],
)


def _routes(kind: str, *, has_hosts: bool) -> Board:
    metric = f"{_PREFIX}_{kind.lower()}"
    hosts = [table("Hosts", f"{metric}_hostname_info")] if has_hosts else []
    return Board(
        f"gateway-api-{kind.lower()}s",
        f"Gateway API: {kind}s",
        [
            number("Routes", _total(kind)),
            number("Parents", f"count({metric}_parent_info) or vector(0)"),
            number("Answered by parents", f"count({metric}_status_parent_info) or vector(0)"),
            line(
                "Routes by parent",
                f"count by (parent_namespace, parent_name) ({metric}_parent_info)",
                "{{parent_namespace}}/{{parent_name}}",
            ),
            table("Parents", f"{metric}_parent_info"),
            table("Answers", f"{metric}_status_parent_info"),
            *hosts,
        ],
    )


GATEWAY_API = (
    CLASSES,
    GATEWAYS,
    *(_routes(kind, has_hosts=has_hosts) for kind, has_hosts in _ROUTES.items()),
)
