"""The YAML of others as objects of a component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kubestrata.constructs.helm.patch import Patch
from kubestrata.constructs.manifest.image import replace_images
from kubestrata.constructs.manifest.manifest_file import (
    FileObject,
    objects_in,
    refuse_secret,
    refuse_twins,
)
from kubestrata.constructs.manifest.move import Scopes, moved
from kubestrata.constructs.manifest.object_selector import ObjectSelector, nearest_object
from kubestrata.constructs.manifest.patching import apply_patch
from kubestrata.constructs.network.connection import Endpoint
from kubestrata.constructs.network.flow import Flow, NamedPort, NetworkPort, PodPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.node import Construct
from kubestrata.core.origin import Line, Origin, caller
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.resource import FileResource
from kubestrata.core.tree import path_of
from kubestrata.core.value.image import Image

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


class Manifests(Construct):
    """The objects of a YAML file, as the vendor wrote them, with the given changes.

    `source` is a file or a folder of this repository, or the https address of a file, which
    `kubestrata import --manifests` fetches once and locks by its digest. Objects without a
    namespace are in that of the component; `namespace` moves all of them, with the names that refer
    to them. `patches` are applied in order to what the file has; `images` are the images of
    containers by the names that the file gives them; `drop` leaves objects out.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        source: Path | str,
        *,
        namespace: Reference | None = None,
        patches: Sequence[Patch | TypedPatch[Any]] = (),
        images: Mapping[str, Image] | None = None,
        drop: Sequence[ObjectSelector] = (),
    ) -> None:
        super().__init__(scope, id)
        origin = caller(path_of(self))
        self._component = component_of(scope)
        if namespace is not None:
            fix = "pass component.home_namespace"
            require(f"namespace of Manifests {id!r}", namespace, Reference, fix=fix)
        _check_types(id, source, patches, images or {}, drop)
        found = _without(objects_in(source, origin), drop)
        refuse_twins(found, origin)
        for each in found:
            refuse_secret(each)
        for patch in patches:
            for reference in apply_patch(patch, found, origin):
                self._component.needs(reference)
        replace_images(found, images or {}, origin)
        scopes = Scopes(found)
        if namespace is not None:
            self._component.needs(namespace)
            home = self._component.default_namespace(origin)
            found = moved(found, scopes, home, namespace.object_name)
            refuse_twins(found, origin)
        self.resources: Sequence[FileResource] = [
            self._resource(each, scopes, origin) for each in found
        ]

    def _resource(self, found: FileObject, scopes: Scopes, origin: Origin) -> FileResource:
        identity = found.identity
        id = f"{identity.kind}.{identity.group}:{identity.namespace}:{identity.name}"
        here = Line(origin.file, origin.line)
        return FileResource(
            self,
            id,
            found.manifest,
            origin=replace(origin, file=found.place.file, line=found.place.line, called_from=here),
            namespaced=scopes.is_namespaced(found.manifest),
        )

    def select(self, selector: ObjectSelector) -> Sequence[Reference]:
        """Return references to the selected objects; raises InvalidReference if there is none."""
        found = [each.ref for each in self.resources if selector.selects(each.identity)]
        if not found:
            why = f"selects no object of {path_of(self)}"
            fix = nearest_object(
                selector.kind, selector.name, [each.identity for each in self.resources]
            )
            raise InvalidReference(str(selector), why, fix)
        return found

    def reference(self, kind: str, name: str) -> Reference:
        """Return a reference to one object; raises InvalidReference if the file has none."""
        return self._find(kind, name).ref

    def service(self, name: str, port: int) -> ServiceReference:
        """Return a port of a Service; raises InvalidReference if it has no such port."""
        found = self._find("Service", name)
        spec = mapping(found.body.get("spec"))
        ports = [mapping(each).get("port") for each in sequence(spec.get("ports"))]
        if port not in ports:
            why = f"has no port {port}; it has {', '.join(map(str, ports)) or 'none'}"
            raise InvalidReference(str(found.identity), why)
        return ServiceReference(found.ref, port)

    def endpoint(self, name: str, *ports: PodPort) -> Endpoint:
        """Return the pods of a workload that listen on container `ports`, for connections.

        Raises InvalidReference if the file has no Deployment, StatefulSet or DaemonSet of the name.
        """
        found = next((each for each in self.resources if _is_workload(each, name)), None)
        if found is None:
            names = [
                each.identity.name for each in self.resources if each.identity.kind in _WORKLOADS
            ]
            why = f"is not a workload of {path_of(self)}"
            from kubestrata.core.alike import alike  # noqa: PLC0415  # errors only

            near = alike(name, names) or sorted(names)
            fix = f"write {' or '.join(map(repr, near))}" if near else None
            raise InvalidReference(f"workload {name!r}", why, fix)
        selector = mapping(mapping(found.body.get("spec")).get("selector"))
        labels = {key: str(value) for key, value in mapping(selector.get("matchLabels")).items()}
        pods = Pods(name, found.identity.namespace, labels)
        numbers: tuple[NetworkPort | NamedPort, ...] = Flow.to_pods(pods, *ports).ports
        return Endpoint(pods, numbers, self._component, found.ref)

    def _find(self, kind: str, name: str) -> FileResource:
        for each in self.resources:
            if (each.identity.kind, each.identity.name) == (kind, name):
                return each
        known = [each.identity for each in self.resources]
        why = f"is not an object of {path_of(self)}"
        raise InvalidReference(f"{kind} {name}", why, nearest_object(kind, name, known))


def _is_workload(found: FileResource, name: str) -> bool:
    return found.identity.kind in _WORKLOADS and found.identity.name == name


def _check_types(
    id: str,
    source: object,
    patches: Sequence[object],
    images: Mapping[str, object],
    drop: Sequence[object],
) -> None:
    require(f"source of {id!r}", source, Path, str)
    for patch in patches:
        fix = "write TypedPatch(...), Patch.merge(...) or Patch.steps(...)"
        require(f"patch of {id!r}", patch, Patch, TypedPatch, fix=fix)
    for name, image in images.items():
        require(f"image {name!r}", image, Image, fix="write Image('registry/name:tag')")
    for each in drop:
        require(f"drop of {id!r}", each, ObjectSelector)


def _without(found: list[FileObject], drop: Sequence[ObjectSelector]) -> list[FileObject]:
    """Return the objects that are kept; raises InvalidValue for a selector that drops none."""
    known = [each.identity for each in found]
    for each in drop:
        if not any(each.selects(identity) for identity in known):
            fix = nearest_object(each.kind, each.name, known)
            raise InvalidValue(f"drop of {each}", "selects no object", fix, where=each.origin)
    return [each for each in found if not any(one.selects(each.identity) for one in drop)]
