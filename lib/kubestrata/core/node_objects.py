"""Exchange of objects between Python and Node."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from cdk8s import ApiObject, ApiObjectMetadata, Chart, JsonPatch
from constructs import IConstruct
from jsii.errors import JSIIError

from kubestrata.core import tree
from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.contents import Contents
from kubestrata.core.errors import NodeError
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.node_process import first_line
from kubestrata.core.origin import Line, Origin
from kubestrata.core.reference import OwnedObject
from kubestrata.core.secret_record import remember
from kubestrata.core.written import WrittenObject

_METADATA = ("name", "namespace", "labels", "annotations")


def create(component: Contents, resource: OwnedObject) -> ApiObject:
    """Create a resource in Node, with its complete body.

    The kernel drops unknown keys of ApiObject's properties, so the body is added as patches; later
    patches (of aspects) are applied on top.
    """
    body = resource.body
    metadata = dict(body["metadata"])
    known = {key: metadata.pop(key) for key in _METADATA if key in metadata}
    identity = resource.identity
    id = "-".join(part for part in (identity.kind, identity.namespace, identity.name) if part)
    made = ApiObject(
        component,
        id,
        api_version=body["apiVersion"],
        kind=body["kind"],
        metadata=ApiObjectMetadata(**known),
    )
    for key, value in metadata.items():
        made.add_json_patch(JsonPatch.add(f"/metadata/{key}", value))
    for key, value in body.items():
        if key not in ("apiVersion", "kind", "metadata"):
            made.add_json_patch(JsonPatch.add(f"/{key}", value))
    return made


def _manifests(component: Contents, foreign: Sequence[IConstruct]) -> list[Any]:
    """Return the objects in Node of a component and its charts, with one call for each."""
    inner = [item for item in foreign if isinstance(item, Chart)]
    try:
        return [manifest for chart in (component, *inner) for manifest in Chart.to_json(chart)]
    except (JSIIError, RuntimeError) as error:
        what = f"component {component.name!r}"
        raise NodeError(str(component.origin), what, first_line(error)) from error


def _with_namespace(manifest: Manifest, component: Contents) -> Manifest:
    identity = identity_of(manifest)
    metadata = dict(mapping(manifest.get("metadata")))
    if is_cluster_scoped(identity.group, identity.kind):
        metadata.pop("namespace", None)
    elif not identity.namespace:
        metadata["namespace"] = component.default_namespace(component.origin)
    return {**manifest, "metadata": metadata}


class _ForeignLines:
    """The lines that created the foreign objects of a component.

    They are looked up only for messages, because matching objects to constructs calls Node.
    """

    def __init__(self, component: Contents) -> None:
        self._component = component

    @cached_property
    def _origins(self) -> dict[tuple[str, str], Origin]:
        found: dict[tuple[str, str], Origin] = {}
        for construct in self._component.node.find_all():
            if isinstance(construct, ApiObject):
                found.setdefault((construct.kind, construct.name), self._origin_of(construct))
        return found

    def _origin_of(self, construct: IConstruct) -> Origin:
        """Return the line of the nearest scope that Python created."""
        current = construct
        while (place := tree.place_of(current)) is None:
            scope = current.node.scope
            if scope is None:
                return self._component.origin
            current = scope
        return place.origin

    def of(self, identity: Identity) -> Origin:
        """Return the line of an object, else that of the component."""
        return self._origins.get((identity.kind, identity.name), self._component.origin)


class ForeignOrigin:
    """The line that created an object which exists only in Node."""

    def __init__(self, lines: _ForeignLines, identity: Identity) -> None:
        self._lines = lines
        self._identity = identity

    @cached_property
    def _found(self) -> Origin:
        return self._lines.of(self._identity)

    @property
    def file(self) -> str:
        """The Python file."""
        return self._found.file

    @property
    def line(self) -> int:
        """The line in the file."""
        return self._found.line

    @property
    def path(self) -> str:
        """The construct path."""
        return self._found.path

    @property
    def called_from(self) -> Line | None:
        """The line of another file that led there."""
        return self._found.called_from

    def __str__(self) -> str:
        return str(self._found)


def merge(
    component: Contents, ours: list[WrittenObject], foreign: Sequence[IConstruct]
) -> list[WrittenObject]:
    """Return native objects and those in Node; an object in both is taken from Node."""
    by_identity = {item.identity: item for item in ours}
    handed_over = {item for item in by_identity if component.is_in_node(item)}
    merged = [item for item in ours if item.identity not in handed_over]
    lines = _ForeignLines(component)
    for manifest in _manifests(component, foreign):
        remember(manifest)
        identity = identity_of(manifest)
        if identity in handed_over:
            known = by_identity[identity]
            merged.append(WrittenObject(identity, manifest, known.origin, known.references))
            continue
        origin = ForeignOrigin(lines, identity)
        settled = _with_namespace(manifest, component)
        merged.append(WrittenObject(identity_of(settled), settled, origin))
    return merged
