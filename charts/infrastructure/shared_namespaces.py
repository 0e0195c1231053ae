"""Namespaces that several components of a cluster share."""

from collections.abc import Mapping
from typing import Literal

from kubestrata import Cluster, Component, Namespace, Reconcile, Reference

Level = Literal["baseline", "privileged", "restricted"]


class SharedNamespaces(Component):
    """The component `namespaces`; a cluster derives a class with an attribute for each of them.

    Nothing is pruned: a namespace that is no longer declared would take everything in it along.
    """

    def __init__(self, scope: Cluster) -> None:
        reconcile = Reconcile(prune=False)
        super().__init__(scope, "namespaces", layer="infrastructure", reconcile=reconcile)

    def add(self, name: str, level: Level, *, labels: Mapping[str, str] | None = None) -> Reference:
        """Declare a namespace with its Pod Security level."""
        return self.declare(Namespace(name, pod_security=level, labels=labels or {}))

    def given(self, name: str) -> Reference:
        """Return a namespace that exists before GitOps starts."""
        return Reference(self, "", "Namespace", name)


def reported(level: Level) -> dict[str, str]:
    """Return the labels by which the API server audits pods, and warns of them, at a level."""
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("audit", "warn")}
