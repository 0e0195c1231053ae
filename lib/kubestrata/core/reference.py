"""References, which components pass to each other instead of names.

A reference becomes a plain name in the manifest and an edge in the graph of components. It is
found anywhere in a typed body or in Helm values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from kubestrata.core.identity import Identity

if TYPE_CHECKING:
    from kubestrata.core.component import Component
    from kubestrata.core.resource import Resource


class ReferenceName(str):
    """A name that keeps a reference to its object.

    Formatting it into another string (an f-string) makes plain text and loses the reference; use
    `Reference.text` for names inside longer text.
    """

    __slots__ = ("reference",)
    reference: Reference

    def __new__(cls, text: str, reference: Reference) -> Self:
        self = super().__new__(cls, text)
        self.reference = reference
        return self


@dataclass(frozen=True, slots=True)
class Reference:
    """An object of a component: one that it writes, or one that its chart creates.

    `resource` is None where the object comes from a chart or a remote source.
    """

    component: Component
    group: str
    kind: str
    object_name: str
    object_namespace: str | None = None
    resource: Resource | None = None

    @property
    def identity(self) -> Identity:
        """The object's identity."""
        return Identity(self.group, self.kind, self.object_namespace or "", self.object_name)

    @property
    def name(self) -> ReferenceName:
        """The object's name; using it adds an edge to the component."""
        return ReferenceName(self.object_name, self)

    @property
    def namespace(self) -> ReferenceName:
        """The object's namespace, '' for cluster-scoped ones; using it adds an edge."""
        return ReferenceName(self.object_namespace or "", self)

    def text(self, template: str) -> ReferenceName:
        """Return `template` with `{name}` and `{namespace}` filled in, for URLs and the like."""
        text = template.replace("{name}", self.object_name)
        return ReferenceName(text.replace("{namespace}", self.object_namespace or ""), self)

    def __str__(self) -> str:
        where = f"{self.object_namespace}/" if self.object_namespace else ""
        return f"{self.kind or 'component'} {where}{self.object_name}"


@dataclass(frozen=True, slots=True)
class ServiceReference:
    """A port of a Service."""

    service: Reference
    port: int

    @property
    def name(self) -> ReferenceName:
        """The Service's name; using it adds an edge to its component."""
        return self.service.name

    @property
    def host(self) -> ReferenceName:
        """The Service's DNS name inside the cluster."""
        return self.service.text("{name}.{namespace}.svc.cluster.local")

    def url(self, path: str = "", *, scheme: str = "http") -> ReferenceName:
        """Return the URL of `path` at this port."""
        return self.text(f"{scheme}://{{host}}:{{port}}{path}")

    def text(self, template: str) -> ReferenceName:
        """Return `template` with `{host}`, `{port}`, `{name}` and `{namespace}` filled in."""
        text = template.replace("{host}", self.host).replace("{port}", str(self.port))
        return self.service.text(text)
