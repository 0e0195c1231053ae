"""Namespaces whose routes may attach to a listener."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kubeapis import gateway as api
from kubeapis import k8s
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference

_NAME = "kubernetes.io/metadata.name"


class RoutesFrom(Frozen):
    """The namespaces whose routes may attach; use one of the factories below."""

    source: Literal["All", "Same", "Selector"]
    names: tuple[Reference, ...] = ()

    @classmethod
    def namespaces(cls, namespaces: Sequence[Reference]) -> RoutesFrom:
        """Return these namespaces, selected by the name label that the API server sets."""
        if not namespaces:
            raise InvalidValue("RoutesFrom.namespaces", "names no namespace")
        return cls("Selector", tuple(sorted(namespaces, key=lambda each: each.object_name)))

    @classmethod
    def same_namespace(cls) -> RoutesFrom:
        """Return the Gateway's own namespace."""
        return cls("Same")

    @classmethod
    def everywhere(cls) -> RoutesFrom:
        """Return every namespace: the first route to claim a host gets it."""
        return cls("All")

    @property
    def field(self) -> api.GatewaySpecListenersAllowedRoutes:
        """Return the `allowedRoutes` field; names make edges to the namespaces' components."""
        selector = (
            k8s.LabelSelector(
                match_expressions=[
                    k8s.LabelSelectorRequirement(
                        key=_NAME, operator="In", values=[each.name for each in self.names]
                    )
                ]
            )
            if self.source == "Selector"
            else None
        )
        return api.GatewaySpecListenersAllowedRoutes(
            namespaces=api.GatewaySpecListenersAllowedRoutesNamespaces(
                from_=self.source, selector=selector
            )
        )
