"""What a rule of a route does to requests and responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kubeapis import gateway as api
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host
from kubestrata.core.value.port import Port


@dataclass(frozen=True, slots=True)
class NewPath:
    """Another path; made by the factories below."""

    type: Literal["ReplaceFullPath", "ReplacePrefixMatch"]
    value: str

    @classmethod
    def full(cls, value: str) -> NewPath:
        """In place of the whole path."""
        return cls("ReplaceFullPath", value)

    @classmethod
    def prefix(cls, value: str) -> NewPath:
        """In place of the prefix that matched; needs a rule with one PathMatch.prefix."""
        return cls("ReplacePrefixMatch", value)

    @property
    def field(self) -> api.HTTPRouteSpecRulesFiltersUrlRewritePath:
        """As redirects and rewrites want it."""
        if self.type == "ReplaceFullPath":
            return api.HTTPRouteSpecRulesFiltersUrlRewritePath(
                type=self.type, replace_full_path=self.value
            )
        return api.HTTPRouteSpecRulesFiltersUrlRewritePath(
            type=self.type, replace_prefix_match=self.value
        )


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that sends the client elsewhere; a rule with it has no Service."""

    scheme: Literal["http", "https"] | None = None
    host: Host | None = None
    port: Port | None = None
    path: NewPath | None = None
    status: Literal[301, 302, 303, 307, 308] = 301

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """As `filters` wants it."""
        redirect = api.HTTPRouteSpecRulesFiltersRequestRedirect(
            scheme=self.scheme,
            hostname=self.host,
            port=self.port,
            path=self.path.field if self.path is not None else None,
            status_code=self.status,
        )
        return api.HTTPRouteSpecRulesFilters(type="RequestRedirect", request_redirect=redirect)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another host or path before the request reaches the Service."""

    host: Host | None = None
    path: NewPath | None = None

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """As `filters` wants it."""
        rewrite = api.HTTPRouteSpecRulesFiltersUrlRewrite(
            hostname=self.host, path=self.path.field if self.path is not None else None
        )
        return api.HTTPRouteSpecRulesFilters(type="URLRewrite", url_rewrite=rewrite)


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers that are set, added or removed, of `request`s or of `response`s."""

    of: Literal["request", "response"]
    set: Mapping[str, str] = field(default_factory=dict[str, str])
    add: Mapping[str, str] = field(default_factory=dict[str, str])
    remove: Sequence[str] = ()

    @property
    def modifier(self) -> api.GRPCRouteSpecRulesFiltersRequestHeaderModifier:
        """As the filters of HTTPRoute and GRPCRoute want it."""
        return api.GRPCRouteSpecRulesFiltersRequestHeaderModifier(
            set=_pairs(self.set), add=_pairs(self.add), remove=list(self.remove) or None
        )

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """As `filters` wants it."""
        if self.of == "request":
            return api.HTTPRouteSpecRulesFilters(
                type="RequestHeaderModifier", request_header_modifier=self.modifier
            )
        return api.HTTPRouteSpecRulesFilters(
            type="ResponseHeaderModifier", response_header_modifier=self.modifier
        )


@dataclass(frozen=True, slots=True)
class RequestMirror:
    """A copy of each request for another Service of the namespace; its answers are dropped."""

    to: ServiceReference

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """As `filters` wants it."""
        backend = api.GRPCRouteSpecRulesFiltersRequestMirrorBackendRef(
            name=self.to.name, port=self.to.port
        )
        return api.HTTPRouteSpecRulesFilters(
            type="RequestMirror",
            request_mirror=api.GRPCRouteSpecRulesFiltersRequestMirror(backend_ref=backend),
        )


Filter = Redirect | Rewrite | Headers | RequestMirror


def _pairs(
    values: Mapping[str, str],
) -> list[api.GRPCRouteSpecRulesFiltersRequestHeaderModifierAdd] | None:
    return [
        api.GRPCRouteSpecRulesFiltersRequestHeaderModifierAdd(name=name, value=value)
        for name, value in values.items()
    ] or None
