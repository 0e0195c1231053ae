"""Rules of an HTTPRoute: matches, filters and timeouts."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import gateway as api
from kubestrata.constructs.traffic.route_filter import Filter, NewPath, Redirect, Rewrite
from kubestrata.constructs.traffic.route_match import RouteMatch
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts


class Timeouts(Frozen):
    """Timeouts of a request, and of each attempt at the Service; None is the Gateway's default."""

    request: Duration | None = None
    attempt: Duration | None = None

    def __post_init__(self) -> None:
        check_texts(self)


class RouteRule(Frozen):
    """Requests that meet any of `matches` (by default all), through `filters` in order.

    `port` is that of the route's Service in place of the route's own.
    """

    matches: Sequence[RouteMatch] = ()
    filters: Sequence[Filter] = ()
    timeouts: Timeouts | None = None
    port: int | None = None

    def __post_init__(self) -> None:
        kinds = [type(each).__name__ for each in self.filters]
        if "Redirect" in kinds and "Rewrite" in kinds:
            why = "has a Redirect and a Rewrite"
            raise InvalidValue("RouteRule", why, "keep one of the two")
        paths = [each.path for each in self.filters if isinstance(each, Redirect | Rewrite)]
        if any(each is not None and each.type == "ReplacePrefixMatch" for each in paths):
            self._require_one_prefix()

    def _require_one_prefix(self) -> None:
        first = self.matches[0].path if len(self.matches) == 1 else None
        if first is None or first.type != "PathPrefix":
            why = "requires a rule with exactly one match, by PathMatch.prefix"
            fix = "match a prefix, or use NewPath.full"
            raise InvalidValue(NewPath.prefix.__qualname__, why, fix)

    @property
    def redirects(self) -> bool:
        """Return True if the Gateway answers with a redirect."""
        return any(isinstance(each, Redirect) for each in self.filters)

    def field(
        self, backends: Sequence[api.HTTPRouteSpecRulesBackendRefs]
    ) -> api.HTTPRouteSpecRules:
        """Return the entry of `spec.rules` of an HTTPRoute."""
        limits = self.timeouts
        return api.HTTPRouteSpecRules(
            matches=[each.field for each in self.matches] or None,
            filters=[each.field for each in self.filters] or None,
            timeouts=api.HTTPRouteSpecRulesTimeouts(
                request=limits.request, backend_request=limits.attempt
            )
            if limits is not None
            else None,
            backend_refs=list(backends) or None,
        )
