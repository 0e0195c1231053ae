"""Which requests a rule of a route is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kubeapis import gateway as api
from kubestrata.core.errors import InvalidValue

Method = Literal["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]


@dataclass(frozen=True, slots=True)
class PathMatch:
    """A path, or what paths begin with; made by the factories below."""

    type: Literal["Exact", "PathPrefix", "RegularExpression"]
    value: str

    def __post_init__(self) -> None:
        if self.type != "RegularExpression" and not self.value.startswith("/"):
            fix = f"write '/{self.value}'"
            raise InvalidValue(f"path {self.value!r}", "does not begin at '/'", fix)

    @classmethod
    def prefix(cls, value: str) -> PathMatch:
        """Paths of which these are the first segments: `/api` is for `/api/v1`, not `/apis`."""
        return cls("PathPrefix", value)

    @classmethod
    def exact(cls, value: str) -> PathMatch:
        """This path alone."""
        return cls("Exact", value)

    @classmethod
    def regular_expression(cls, value: str) -> PathMatch:
        """As the Gateway's implementation reads expressions."""
        return cls("RegularExpression", value)


@dataclass(frozen=True, slots=True)
class RouteMatch:
    """Requests that fit all of it; `headers` and `query` are exact values by name."""

    path: PathMatch | None = None
    method: Method | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def field(self) -> api.HTTPRouteSpecRulesMatches:
        """As `matches` of an HTTPRoute wants it."""
        path = (
            api.HTTPRouteSpecRulesMatchesPath(type=self.path.type, value=self.path.value)
            if self.path is not None
            else None
        )
        return api.HTTPRouteSpecRulesMatches(
            path=path,
            method=self.method,
            headers=header_matches(self.headers),
            query_params=[
                api.HTTPRouteSpecRulesMatchesQueryParams(name=name, value=value)
                for name, value in self.query.items()
            ]
            or None,
        )


def header_matches(headers: Mapping[str, str]) -> list[api.GRPCRouteSpecRulesMatchesHeaders] | None:
    """Exact values, as the matches of HTTPRoute and GRPCRoute want them."""
    return [
        api.GRPCRouteSpecRulesMatchesHeaders(name=name, value=value)
        for name, value in headers.items()
    ] or None
