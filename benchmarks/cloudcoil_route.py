"""HTTPRoute for cloudcoil, which has no models of the Gateway API: a resource of our own."""

from __future__ import annotations

from typing import Annotated, Literal

from cloudcoil.pydantic import BaseModel  # type: ignore[import-not-found]
from cloudcoil.resources import Resource  # type: ignore[import-not-found]
from pydantic import Field

from workload import GATEWAY, GATEWAY_NAMESPACE, AppFacts


class ParentRef(BaseModel):  # type: ignore[misc]
    """A Gateway, and its listener."""

    name: str
    namespace: str | None = None
    section_name: Annotated[str | None, Field(alias="sectionName")] = None


class PathMatch(BaseModel):  # type: ignore[misc]
    """A path of a request."""

    type: Literal["Exact", "PathPrefix", "RegularExpression"]
    value: str


class Match(BaseModel):  # type: ignore[misc]
    """Conditions that a request must meet."""

    path: PathMatch


class BackendRef(BaseModel):  # type: ignore[misc]
    """A Service, and its port."""

    name: str
    port: int


class Timeouts(BaseModel):  # type: ignore[misc]
    """Time limits of a request."""

    request: str | None = None


class Rule(BaseModel):  # type: ignore[misc]
    """Requests, and the backends that get them."""

    matches: list[Match]
    backend_refs: Annotated[list[BackendRef], Field(alias="backendRefs")]
    timeouts: Timeouts | None = None


class HTTPRouteSpec(BaseModel):  # type: ignore[misc]
    """Gateways, hostnames and rules."""

    parent_refs: Annotated[list[ParentRef], Field(alias="parentRefs")]
    hostnames: list[str]
    rules: list[Rule]


class HTTPRoute(Resource):  # type: ignore[misc]
    """A route of the Gateway API."""

    api_version: Annotated[
        Literal["gateway.networking.k8s.io/v1"] | None, Field(alias="apiVersion")
    ] = "gateway.networking.k8s.io/v1"
    kind: Literal["HTTPRoute"] | None = "HTTPRoute"
    spec: HTTPRouteSpec


def route_spec(facts: AppFacts) -> HTTPRouteSpec:
    """Send every path of an app's host to its Service."""
    gateway = ParentRef(name=GATEWAY, namespace=GATEWAY_NAMESPACE, section_name="https")
    rule = Rule(
        matches=[Match(path=PathMatch(type="PathPrefix", value="/"))],
        backend_refs=[BackendRef(name=f"{facts.name}-http", port=80)],
        timeouts=Timeouts(request="30s"),
    )
    return HTTPRouteSpec(parent_refs=[gateway], hostnames=[facts.host], rules=[rule])
