"""Filters of route rules, which change requests and responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import field

from kubeapis import gateway as api
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host
from kubestrata.core.value.port import Port
from kubestrata.core.value.typed_text import check_texts


class NewPath(Frozen):
    """A path replacement; use one of the factories below."""

    type: Literal["ReplaceFullPath", "ReplacePrefixMatch"]
    value: str

    @classmethod
    def full(cls, value: str) -> NewPath:
        """Return a replacement of the whole path."""
        return cls("ReplaceFullPath", value)

    @classmethod
    def prefix(cls, value: str) -> NewPath:
        """Return a replacement of the matched prefix; the rule needs one PathMatch.prefix."""
        return cls("ReplacePrefixMatch", value)

    @property
    def field(self) -> api.HTTPRouteSpecRulesFiltersUrlRewritePath:
        """Return the path for redirects and rewrites."""
        if self.type == "ReplaceFullPath":
            return api.HTTPRouteSpecRulesFiltersUrlRewritePath(
                type=self.type, replace_full_path=self.value
            )
        return api.HTTPRouteSpecRulesFiltersUrlRewritePath(
            type=self.type, replace_prefix_match=self.value
        )


class Redirect(Frozen):
    """A redirect response; a rule with it has no Service."""

    scheme: Literal["http", "https"] | None = None
    host: Host | None = None
    port: Port | None = None
    path: NewPath | None = None
    status: Literal[301, 302, 303, 307, 308] = 301

    def __post_init__(self) -> None:
        check_texts(self)

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """Return the entry of `filters`."""
        redirect = api.HTTPRouteSpecRulesFiltersRequestRedirect(
            scheme=self.scheme,
            hostname=self.host,
            port=self.port,
            path=self.path.field if self.path is not None else None,
            status_code=self.status,
        )
        return api.HTTPRouteSpecRulesFilters(type="RequestRedirect", request_redirect=redirect)


class Rewrite(Frozen):
    """A change of host or path before the request reaches the Service."""

    host: Host | None = None
    path: NewPath | None = None

    def __post_init__(self) -> None:
        check_texts(self)

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """Return the entry of `filters`."""
        rewrite = api.HTTPRouteSpecRulesFiltersUrlRewrite(
            hostname=self.host, path=self.path.field if self.path is not None else None
        )
        return api.HTTPRouteSpecRulesFilters(type="URLRewrite", url_rewrite=rewrite)


class Headers(Frozen):
    """Headers to set, add or remove, in the `request` or the `response`."""

    of: Literal["request", "response"]
    set: Mapping[str, str] = field(default_factory=dict[str, str])
    add: Mapping[str, str] = field(default_factory=dict[str, str])
    remove: Sequence[str] = ()

    @property
    def modifier(self) -> api.GRPCRouteSpecRulesFiltersRequestHeaderModifier:
        """Return the modifier for filters of HTTPRoute and GRPCRoute."""
        return api.GRPCRouteSpecRulesFiltersRequestHeaderModifier(
            set=_pairs(self.set), add=_pairs(self.add), remove=list(self.remove) or None
        )

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """Return the entry of `filters`."""
        if self.of == "request":
            return api.HTTPRouteSpecRulesFilters(
                type="RequestHeaderModifier", request_header_modifier=self.modifier
            )
        return api.HTTPRouteSpecRulesFilters(
            type="ResponseHeaderModifier", response_header_modifier=self.modifier
        )


class RequestMirror(Frozen):
    """A copy of each request to another Service of the namespace; its responses are dropped."""

    to: ServiceReference

    @property
    def field(self) -> api.HTTPRouteSpecRulesFilters:
        """Return the entry of `filters`."""
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
