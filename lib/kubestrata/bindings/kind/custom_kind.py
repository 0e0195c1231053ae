"""CustomResourceDefinitions, checked for what bindings need."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from kubestrata.bindings.kind.schema_check import SchemaError, nodes_of
from kubestrata.bindings.kind.version import CustomVersion, default_version
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping

_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}\Z")
_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_GROUP = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")

MAX_VERSIONS = 100


class CustomKindError(ValueError):
    """A problem of one CustomResourceDefinition."""


class CustomKind(Frozen):
    """A custom kind; one definition may come in several files, a version in each."""

    group: str
    kind: str
    plural: str
    namespaced: bool
    versions: tuple[CustomVersion, ...]
    line: int
    defaults: frozenset[str] = frozenset()
    """The default version of each definition that has a storage version."""

    def joined(self, other: CustomKind) -> CustomKind:
        """Return this kind with the versions that only `other` has."""
        have = {version.name for version in self.versions}
        more = tuple(version for version in other.versions if version.name not in have)
        defaults = self.defaults | other.defaults
        return replace(self, versions=self.versions + more, defaults=defaults)

    @property
    def default(self) -> str:
        """The version that the kind alone means; the best of them if definitions disagree."""
        known = [version for version in self.versions if version.name in self.defaults]
        return default_version(known or self.versions)


def _mapping(value: object, what: str) -> dict[str, Any]:
    if not is_mapping(value):
        raise CustomKindError(f"{what} is missing or not a mapping")
    return value


def _text(value: object, what: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or len(value) > 253 or not form.match(value):
        raise CustomKindError(f"{what} is {str(value)[:60]!r}, which Kubernetes does not allow")
    return value


def _given_schema(version: dict[str, Any], name: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a version; v1beta1 may have one for all versions, or none."""
    is_v1 = content.get("apiVersion") == "apiextensions.k8s.io/v1"
    holder: object = version.get("schema") or (not is_v1 and content["spec"].get("validation"))
    schema: object = _mapping(holder or {}, f"schema of {name}").get("openAPIV3Schema")
    if schema is None and is_v1 and _is_served(version):
        why = "apiextensions.k8s.io/v1 requires schema.openAPIV3Schema"
        raise CustomKindError(f"version {name} is served without a schema: {why}")
    return {} if schema is None else _mapping(schema, f"schema of {name}")


def _is_served(version: dict[str, Any]) -> bool:
    return version.get("served", True) is not False


def _version(entry: object, content: dict[str, Any], source: str) -> CustomVersion:
    version = _mapping(entry, "an entry of spec.versions")
    name = _text(version.get("name"), "a version's name", _LABEL)
    schema = _given_schema(version, name, content)
    if schema.get("type", "object") != "object":
        raise CustomKindError(f"schema of {name} is not of type object")
    try:
        for _ in nodes_of(schema):
            pass
    except SchemaError as error:
        raise CustomKindError(f"schema of {name}: {error}") from None
    stored = version.get("storage") is True
    return CustomVersion(name, _is_served(version), stored, schema, source)


def custom_kind(content: dict[str, Any], source: str, line: int) -> CustomKind:
    """Return the kind that one definition defines; raise CustomKindError."""
    spec = _mapping(content.get("spec"), "spec")
    names = _mapping(spec.get("names"), "spec.names")
    entries: object = spec.get("versions") or [{"name": spec.get("version"), "storage": True}]
    if not is_list(entries):
        raise CustomKindError("spec.versions is not a list")
    if len(entries) > MAX_VERSIONS:
        raise CustomKindError(f"spec.versions has more than {MAX_VERSIONS} entries")
    versions = tuple(_version(entry, content, source) for entry in entries)
    if len({version.name for version in versions}) < len(versions):
        raise CustomKindError("spec.versions has the same name twice")
    scope = spec.get("scope")
    if scope not in ("Namespaced", "Cluster"):
        raise CustomKindError(f"spec.scope is {str(scope)[:60]!r}, neither Namespaced nor Cluster")
    return CustomKind(
        _text(spec.get("group"), "spec.group", _GROUP),
        _text(names.get("kind"), "spec.names.kind", _KIND),
        _text(names.get("plural"), "spec.names.plural", _LABEL),
        scope == "Namespaced",
        versions,
        line,
        frozenset([default_version(versions)] if any(each.storage for each in versions) else []),
    )
