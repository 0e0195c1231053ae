"""A namespace, its pod-security level, and the defaults of every namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

PodSecurity = Literal["privileged", "baseline", "restricted"]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace that a component declares, with its pod-security level.

    `pod_security` is enforced by the API server (source: Pod Security Admission).
    """

    name: str
    pod_security: PodSecurity
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        check_label("namespace", self.name)

    @property
    def manifest_labels(self) -> dict[str, str]:
        """The labels of the Namespace object."""
        return {"pod-security.kubernetes.io/enforce": self.pod_security, **self.labels}


@runtime_checkable
class NamespaceDefault(Protocol):
    """Objects added to every declared namespace of a cluster, such as default-deny policies."""

    def add_to_namespace(self, scope: Construct, namespace: Reference) -> None:
        """Create the objects in the component that declares the namespace."""
        ...
