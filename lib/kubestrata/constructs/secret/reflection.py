"""Copies of a Secret in other namespaces, synchronized by Reflector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_PREFIX = "reflector.v1.k8s.emberstack.com"


class SecretReflector(Frozen):
    """Reflector, in a cluster that has it; `ref` is its release."""

    ref: Reference


class ReflectedTo(Frozen):
    """The namespaces that get a copy of a Secret, under the same name."""

    namespaces: Sequence[Reference]

    def __post_init__(self) -> None:
        if not self.namespaces:
            raise InvalidValue("ReflectedTo", "names no namespace")

    @property
    def annotations(self) -> Mapping[str, str]:
        """Return the annotations for Reflector on the source Secret."""
        names = ",".join(sorted(self.names))
        return {
            f"{_PREFIX}/reflection-allowed": "true",
            f"{_PREFIX}/reflection-allowed-namespaces": names,
            f"{_PREFIX}/reflection-auto-enabled": "true",
            f"{_PREFIX}/reflection-auto-namespaces": names,
        }

    def prepare(self, scope: Construct) -> None:
        """Order the scope's component after Reflector and the namespaces.

        Raises MissingOffer where the cluster has no SecretReflector.
        """
        component = component_of(scope)
        component.needs(component.cluster.ask(SecretReflector).ref)
        for namespace in self.namespaces:
            component.needs(namespace)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the namespaces."""
        return frozenset(each.object_name for each in self.namespaces)
