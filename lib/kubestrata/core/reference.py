"""References, which components pass to each other instead of names.

A reference becomes a plain name in the manifest and an edge in the graph of components. It is
found anywhere in a typed body or in Helm values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.core.origin import Origin
from kubestrata.core.waiver import Waiver

if TYPE_CHECKING:
    from cdk8s import ApiObject
    from constructs import Construct, IConstruct


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


class OwningCluster(Protocol):
    """A cluster, as its objects know it."""

    @property
    def name(self) -> str: ...


class OwningComponent(Protocol):
    """A component, as its objects and the references to them know it."""

    @property
    def name(self) -> str: ...

    @property
    def origin(self) -> Origin: ...

    @property
    def cluster(self) -> OwningCluster: ...

    @property
    def waivers(self) -> list[Waiver]: ...

    def default_namespace(self, origin: Origin) -> str:
        """Return the namespace of objects that set none."""
        ...

    def adopt(self, resource: OwnedObject, scope: Construct, id: str) -> None:
        """Add a resource; called by the resource itself."""
        ...

    def note_foreign(self, construct: IConstruct) -> None:
        """Register a construct that may create objects in Node."""
        ...

    def node_object(self, resource: OwnedObject) -> ApiObject:
        """Return the ApiObject of `resource` in Node, created at the first call."""
        ...


class OwnedObject(Protocol):
    """A resource, as its component and the references to it know it."""

    @property
    def identity(self) -> Identity: ...

    @property
    def body(self) -> Manifest: ...

    @property
    def origin(self) -> Origin: ...

    @property
    def references(self) -> tuple[Reference, ...]: ...


class Reference(Frozen):
    """An object of a component: one that it writes, or one that its chart creates.

    `resource` is None where the object comes from a chart or a remote source.
    """

    component: OwningComponent
    group: str
    kind: str
    object_name: str
    object_namespace: str | None = None
    resource: OwnedObject | None = None

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

    def makes(self, kind: str, name: str | None = None, *, group: str = "") -> Reference:
        """Return an object that a controller creates from this one, in its namespace.

        By default it has the name of this one.
        """
        made = self.object_name if name is None else name
        return Reference(self.component, group, kind, made, self.object_namespace, self.resource)

    def text(self, template: str) -> ReferenceName:
        """Return `template` with `{name}` and `{namespace}` filled in, for URLs and the like."""
        text = template.replace("{name}", self.object_name)
        return ReferenceName(text.replace("{namespace}", self.object_namespace or ""), self)

    def __str__(self) -> str:
        where = f"{self.object_namespace}/" if self.object_namespace else ""
        return f"{self.kind or 'component'} {where}{self.object_name}"


class ServiceReference(Frozen):
    """A port of a Service."""

    service: Reference
    port: int

    def __format__(self, format_spec: str) -> str:
        """Raise InvalidValue: of a Service in text the host or the URL is meant."""
        fix = "write service.url('/path'), or service.text('{host}:{port}')"
        raise InvalidValue("a Service in text", "is not text", fix)

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
