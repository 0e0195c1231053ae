"""Matches of route rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import field

from kubeapis import gateway as api
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

Method = Literal["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]


class PathMatch(Frozen):
    """An exact path, prefix or expression; use one of the factories below."""

    type: Literal["Exact", "PathPrefix", "RegularExpression"]
    value: str

    def __post_init__(self) -> None:
        if self.type != "RegularExpression" and not self.value.startswith("/"):
            fix = f"write '/{self.value}'"
            raise InvalidValue(f"path {self.value!r}", "is not valid: must begin with '/'", fix)

    @classmethod
    def prefix(cls, value: str) -> PathMatch:
        """Return a match by leading segments: `/api` matches `/api/v1`, not `/apis`."""
        return cls("PathPrefix", value)

    @classmethod
    def exact(cls, value: str) -> PathMatch:
        """Return a match of this path only."""
        return cls("Exact", value)

    @classmethod
    def regular_expression(cls, value: str) -> PathMatch:
        """Return a match by expression, in the syntax of the Gateway's implementation."""
        return cls("RegularExpression", value)


class RouteMatch(Frozen):
    """Requests that meet all criteria; `headers` and `query` are exact values by name."""

    path: PathMatch | None = None
    method: Method | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def field(self) -> api.HTTPRouteSpecRulesMatches:
        """Return the entry of `matches` of an HTTPRoute."""
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
    """Return exact header matches, for HTTPRoute and GRPCRoute."""
    return [
        api.GRPCRouteSpecRulesMatchesHeaders(name=name, value=value)
        for name, value in headers.items()
    ] or None
