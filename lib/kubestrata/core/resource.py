"""Kubernetes objects with a body in Python.

Generated kinds derive from `Resource`; `RawResource` is for kinds without bindings, `FileResource`
for objects of YAML files. Nothing here starts Node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import msgspec

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.errors import InvalidBody, InvalidName
from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import Json, Manifest, mapping
from kubestrata.core.names import check_object_name
from kubestrata.core.origin import Origin, caller
from kubestrata.core.patch import patched
from kubestrata.core.reference import Reference, ReferenceName
from kubestrata.core.render import render, render_open
from kubestrata.core.resource_type import ResourceType
from kubestrata.core.secret_record import remember
from kubestrata.core.tree import owner_of, path_of
from kubestrata.core.value.placeholder import has_mark

if TYPE_CHECKING:
    import cdk8s
    from constructs import Construct


class _Kind(NamedTuple):
    api_version: str
    name: str
    namespaced: bool


_METADATA_FIRST = ("labels", "annotations")
"""After name and namespace."""


@cache
def _kind_of(resource: type[Resource]) -> _Kind:
    return _Kind(resource.api_version, resource.kind, resource.namespaced)


def _refuse_known(
    unknown_fields: Mapping[str, Json], body: msgspec.Struct, origin: Origin, kind: str
) -> None:
    known = {"apiVersion", "kind", "metadata", *body.__struct_encode_fields__}
    for wire in sorted(known.intersection(unknown_fields)):
        raise InvalidBody(f"{kind}.{wire}", "is a known field", "pass its keyword", where=origin)


class Resource(metaclass=ResourceType):
    """A Kubernetes object; its name defaults to `id`, its namespace to that of the component."""

    api_version: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    namespaced: ClassVar[bool] = True

    def __init__(
        self,
        scope: Construct,
        id: str,
        metadata: msgspec.Struct | None,
        body: msgspec.Struct,
        unknown_fields: Mapping[str, Json] | None = None,
    ) -> None:
        self.origin = origin = caller(path_of(scope, id))
        body = patched(scope, body)
        fields, references = render(body, origin, self.kind)
        if unknown_fields:
            _refuse_known(unknown_fields, body, origin, self.kind)
            added, more = render_open(unknown_fields, origin, self.kind)
            fields |= added
            references += more
        given: dict[str, Any] = {}
        if metadata is not None:
            if type(metadata).__name__ != "ObjectMeta":
                found = f"is a {type(metadata).__name__}, not an ObjectMeta"
                raise InvalidBody(f"{self.kind}.metadata", found, where=origin)
            metadata = patched(scope, metadata)
            given, more = render(metadata, origin, f"{self.kind}.metadata")
            references += more
        self._attach(scope, id, _kind_of(type(self)), given, fields, references)

    def _attach(
        self,
        scope: Construct,
        id: str,
        kind: _Kind,
        metadata: dict[str, Any],
        fields: dict[str, Any],
        references: list[Reference],
    ) -> None:
        self.component = component = owner_of(scope)
        name = str(metadata.get("name", id))
        namespace = self._namespace(kind, name, metadata)
        group = group_of(kind.api_version)
        self.identity = Identity(group, kind.name, namespace, name)
        if not has_mark(name):
            check_object_name(group, kind.name, name, where=self.origin)
        ordered: dict[str, Any] = {"name": name}
        if namespace:
            ordered["namespace"] = namespace
        for key in _METADATA_FIRST:
            if key in metadata:
                ordered[key] = metadata[key]
        ordered |= metadata
        head = {"apiVersion": kind.api_version, "kind": kind.name, "metadata": ordered}
        self.body: Manifest = {**head, **fields}
        remember(self.body)
        self.references = tuple(references)
        component.adopt(self, scope, id)

    def _namespace(self, kind: _Kind, name: str, metadata: dict[str, Any]) -> str:
        if kind.namespaced:
            return str(metadata.get("namespace") or self.component.default_namespace(self.origin))
        if "namespace" in metadata:
            why = f"is cluster-scoped, but sets the namespace {metadata['namespace']!r}"
            raise InvalidName(f"{kind.name} {name!r}", why, where=self.origin)
        return ""

    @cached_property
    def ref(self) -> Reference:
        """This object, to be referred to from other components."""
        group, kind, namespace, name = self.identity
        return Reference(self.component, group, kind, name, namespace or None, self)

    @property
    def name(self) -> ReferenceName:
        """`metadata.name`; using it in another component adds an edge."""
        return self.ref.name

    @property
    def namespace(self) -> ReferenceName:
        """`metadata.namespace`, '' for cluster-scoped kinds; using it adds an edge."""
        return self.ref.namespace

    @property
    def api_object(self) -> cdk8s.ApiObject:
        """This object as a construct in Node, created at the first call.

        Use it for foreign constructs that depend on it and for aspects; from then on the object is
        written as it is in Node.
        """
        return self.component.node_object(self)


class RawResource(Resource):
    """An object of a kind without bindings; its fields are not checked.

    `namespaced` is optional for kinds of Kubernetes and of the bindings.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        manifest: Mapping[str, Json],
        *,
        namespaced: bool | None = None,
    ) -> None:
        self.origin = origin = caller(path_of(scope, id))
        fields, references = render_open(manifest, origin, f"RawResource {id!r}")
        api_version, kind = fields.pop("apiVersion", ""), fields.pop("kind", "")
        if (
            not api_version
            or not kind
            or not isinstance(api_version, str)
            or not isinstance(kind, str)
        ):
            raise InvalidBody(f"RawResource {id!r}", "needs apiVersion and kind", where=origin)
        given = fields.pop("metadata", None)
        metadata = mapping(given)
        if given is not None and given is not metadata:
            raise InvalidBody(f"{kind}.metadata", "is not a mapping", where=origin)
        if namespaced is None:
            namespaced = not is_cluster_scoped(group_of(api_version), kind)
        self._attach(scope, id, _Kind(api_version, kind, namespaced), metadata, fields, references)


class FileResource(Resource):
    """An object of a YAML file, whose origin is its line there.

    `references` are those that patches added. A namespace of a cluster-scoped object is left out,
    as kubectl ignores it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        manifest: Manifest,
        *,
        origin: Origin,
        namespaced: bool,
        references: Sequence[Reference] = (),
    ) -> None:
        self.origin = origin
        metadata = dict(mapping(manifest.get("metadata")))
        if not namespaced:
            metadata.pop("namespace", None)
        head = ("apiVersion", "kind", "metadata")
        fields = {key: part for key, part in manifest.items() if key not in head}
        kind = _Kind(str(manifest["apiVersion"]), str(manifest["kind"]), namespaced)
        self._attach(scope, id, kind, metadata, fields, list(references))
