"""A namespace, its pod-security level, and the defaults of every namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, get_args, runtime_checkable

from msgspec import field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.field_type import nearest
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label, check_labels
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

PodSecurity = Literal["privileged", "baseline", "restricted"]


class Namespace(Frozen):
    """A namespace that a component declares, with its pod-security level.

    `pod_security` is enforced by the API server (source: Pod Security Admission).
    """

    name: str
    pod_security: PodSecurity
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        check_label("namespace", self.name)
        if self.pod_security not in get_args(PodSecurity):
            levels = get_args(PodSecurity)
            why = f"not a valid level: must be one of {', '.join(levels)}"
            what = f"pod_security {self.pod_security!r} of namespace {self.name!r}"
            raise InvalidValue(what, why, nearest(str(self.pod_security), list(levels)))
        check_labels(f"namespace {self.name!r}", self.labels)

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
