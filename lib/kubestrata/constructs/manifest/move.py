"""The move of plain objects to another namespace, with the names that refer to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubestrata.constructs.manifest.manifest_file import FileObject
from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping, sequence

_INJECT = "cert-manager.io/inject-ca-from"
_BINDINGS = ("ClusterRoleBinding", "RoleBinding")


class Scopes:
    """The scope of kinds: of the definitions in a file, of Kubernetes and of the bindings."""

    def __init__(self, found: Iterable[FileObject]) -> None:
        self._defined = {
            (str(spec.get("group")), str(mapping(spec.get("names")).get("kind"))): (
                spec.get("scope") == "Namespaced"
            )
            for each in found
            if each.manifest["kind"] == "CustomResourceDefinition"
            for spec in [mapping(each.manifest.get("spec"))]
        }

    def is_namespaced(self, manifest: Manifest) -> bool:
        """Return True for an object that is in a namespace."""
        kind = group_of(manifest["apiVersion"]), str(manifest["kind"])
        return self._defined.get(kind, not is_cluster_scoped(*kind))


def moved(found: list[FileObject], scopes: Scopes, home: str, namespace: str) -> list[FileObject]:
    """Return the objects in `namespace`; those without one were in `home`.

    Namespaces that the objects leave are left out. A RoleBinding to a Role outside of the file
    stays where it is, because the Role does.
    """
    staying = {id(each) for each in found if _binds_elsewhere(each, found)}
    leaving = [
        each for each in found if scopes.is_namespaced(each.manifest) and id(each) not in staying
    ]
    former = {each.identity.namespace or home for each in leaving}
    move = _Move(former, namespace, {_key(each, home) for each in leaving})
    for each in leaving:
        metadata = {**each.manifest["metadata"], "namespace": namespace}
        each.manifest = {**each.manifest, "metadata": metadata}
    for each in found:
        move.change(each.manifest)
    gone = former - {namespace}
    return [each for each in found if not _is_namespace(each, gone)]


def _key(found: FileObject, home: str) -> tuple[str, str, str]:
    identity = found.identity
    return identity.kind, identity.namespace or home, identity.name


def _is_namespace(found: FileObject, names: set[str]) -> bool:
    identity = found.identity
    return (identity.group, identity.kind) == ("", "Namespace") and identity.name in names


def _binds_elsewhere(found: FileObject, others: Iterable[FileObject]) -> bool:
    role = mapping(found.manifest.get("roleRef"))
    if found.manifest["kind"] != "RoleBinding" or role.get("kind") != "Role":
        return False
    wanted = Identity(found.identity.group, "Role", found.identity.namespace, str(role.get("name")))
    return all(each.identity != wanted for each in others)


class _Move:
    """The references between the objects that move."""

    def __init__(
        self, former: set[str], namespace: str, objects: set[tuple[str, str, str]]
    ) -> None:
        self._former = former
        self._namespace = namespace
        services = [
            re.escape(f"{name}.{space}") for kind, space, name in objects if kind == "Service"
        ]
        self._hosts = re.compile(rf"(?<![\w.-])({'|'.join(services)})(?=\.svc(?![\w-]))")
        self._has_services = bool(services)
        self._objects = objects

    def change(self, manifest: Manifest) -> None:
        """Change the references of an object in place."""
        if manifest["kind"] in _BINDINGS:
            self._subjects(manifest)
        for each in _clients(manifest):
            if ("Service", each.get("namespace"), each.get("name")) in self._objects:
                each["namespace"] = self._namespace
        annotations = mapping(mapping(manifest["metadata"]).get("annotations"))
        space, slash, name = str(annotations.get(_INJECT, "")).partition("/")
        if slash and space in self._former:
            annotations[_INJECT] = f"{self._namespace}/{name}"
        if self._has_services:
            for key in manifest:
                manifest[key] = self._addressed(manifest[key])

    def _subjects(self, manifest: Manifest) -> None:
        for each in map(mapping, sequence(manifest.get("subjects"))):
            if each.get("kind") == "ServiceAccount" and each.get("namespace") in self._former:
                each["namespace"] = self._namespace

    def _addressed(self, value: Any) -> Any:
        """Return a value with the host names of Services that move."""
        if is_mapping(value):
            return {key: self._addressed(part) for key, part in value.items()}
        if is_list(value):
            return [self._addressed(each) for each in value]
        if isinstance(value, str) and ".svc" in value:
            return self._hosts.sub(
                lambda found: f"{found[1].partition('.')[0]}.{self._namespace}", value
            )
        return value


def _clients(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Yield the references of webhooks, API services and conversions to Services."""
    spec = mapping(manifest.get("spec"))
    for each in map(mapping, sequence(manifest.get("webhooks"))):
        yield mapping(mapping(each.get("clientConfig")).get("service"))
    if manifest["kind"] == "APIService":
        yield mapping(spec.get("service"))
    webhook = mapping(mapping(spec.get("conversion")).get("webhook"))
    yield mapping(mapping(webhook.get("clientConfig")).get("service"))
