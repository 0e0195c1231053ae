"""CompositeResourceDefinitions of Crossplane, as the CustomResourceDefinitions they become.

Crossplane serves a composite kind, and a claim for it if `claimNames` is set. It keeps spec and
status of the schema, and adds the fields that select and configure the composition.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from kubestrata.bindings.kind.custom_kind import CustomKindError
from kubestrata.core.json_value import is_list, is_mapping, mapping

_GROUP = "apiextensions.crossplane.io/"
_LEGACY = "LegacyCluster"
_SCOPES = {"Namespaced": "Namespaced", "Cluster": "Cluster", _LEGACY: "Cluster"}
_TAKEN_OVER = {
    "spec": (
        "description",
        "required",
        "oneOf",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    ),
    "status": ("description", "required", "oneOf", "x-kubernetes-validations"),
}
_LONGEST_NAME = 63
_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}


def is_composite(content: dict[str, Any]) -> bool:
    """Return True if a document defines a composite kind."""
    found = content.get("kind") == "CompositeResourceDefinition"
    return found and str(content.get("apiVersion")).startswith(_GROUP)


def _reference(*names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    properties = dict.fromkeys((*names, *optional), _TEXT)
    return {"type": "object", "required": [*names], "properties": properties}


def _selector() -> dict[str, Any]:
    labels = {"type": "object", "additionalProperties": _TEXT}
    return {"type": "object", "required": ["matchLabels"], "properties": {"matchLabels": labels}}


def _choice(values: tuple[str, str], default: object) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "enum": [*values]}
    return {**found, "default": default} if default in values else found


def _composition(update_default: object) -> dict[str, Any]:
    """Return the fields with which a composite and a claim select their composition."""
    return {
        "compositionRef": _reference("name"),
        "compositionSelector": _selector(),
        "compositionRevisionRef": _reference("name"),
        "compositionRevisionSelector": _selector(),
        "compositionUpdatePolicy": _choice(("Automatic", "Manual"), update_default),
    }


def _composite_fields(spec: dict[str, Any], scope: str) -> dict[str, Any]:
    elsewhere = () if scope == "Namespaced" else ("namespace",)
    composed = _reference("apiVersion", "kind", optional=("name", *elsewhere))
    fields = {
        **_composition(spec.get("defaultCompositionUpdatePolicy", "Automatic")),
        "resourceRefs": {"type": "array", "items": composed, "x-kubernetes-list-type": "atomic"},
    }
    if scope != _LEGACY:
        return {"crossplane": {"type": "object", "properties": fields}}
    return {
        **fields,
        "claimRef": _reference("apiVersion", "kind", "namespace", "name"),
        "writeConnectionSecretToRef": _reference("name", "namespace"),
    }


def _claim_fields(spec: dict[str, Any]) -> dict[str, Any]:
    delete = spec.get("defaultCompositeDeletePolicy", "Background")
    return {
        **_composition(None),
        "compositeDeletePolicy": _choice(("Background", "Foreground"), delete),
        "resourceRef": _reference("apiVersion", "kind", "name"),
        "writeConnectionSecretToRef": _reference("name"),
    }


def _status_fields(scope: str) -> dict[str, Any]:
    condition = _reference("lastTransitionTime", "reason", "status", "type", optional=("message",))
    condition["properties"] |= {
        "lastTransitionTime": _TIME,
        "observedGeneration": {"type": "integer", "format": "int64"},
    }
    conditions = {
        "type": "array",
        "items": condition,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
    }
    published = {"type": "object", "properties": {"lastPublishedTime": _TIME}}
    details = {"connectionDetails": published}
    if scope != _LEGACY:
        crossplane = {"type": "object", "properties": details}
        return {"conditions": conditions, "crossplane": crossplane}
    types = {"type": "array", "items": _TEXT, "x-kubernetes-list-type": "set"}
    return {"conditions": conditions, **details, "claimConditionTypes": types}


def _part(schema: dict[str, Any], name: str, added: dict[str, Any]) -> dict[str, Any]:
    """Return the spec or status that Crossplane serves: keys of the author's and its own fields."""
    given: object = mapping(schema.get("properties")).get(name, {})
    if not is_mapping(given):
        raise CustomKindError(f"{name} of a schema is not a mapping")
    properties: object = given.get("properties") or {}
    if not is_mapping(properties):
        raise CustomKindError(f"properties of {name} of a schema is not a mapping")
    kept = {key: given[key] for key in _TAKEN_OVER[name] if key in given}
    return {"type": "object", **kept, "properties": {**properties, **added}}


def _longest_name(schema: dict[str, Any]) -> int:
    metadata = mapping(mapping(schema.get("properties")).get("metadata"))
    given = mapping(mapping(metadata.get("properties")).get("name")).get("maxLength")
    return min(given, _LONGEST_NAME) if type(given) is int else _LONGEST_NAME


def _schema(
    given: dict[str, Any], fields: dict[str, Any], status: dict[str, Any]
) -> dict[str, Any]:
    name = {"type": "string", "maxLength": _longest_name(given)}
    described = {"description": given["description"]} if "description" in given else {}
    return {
        **described,
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": _TEXT,
            "kind": _TEXT,
            "metadata": {"type": "object", "properties": {"name": name}},
            "spec": _part(given, "spec", fields),
            "status": _part(given, "status", status),
        },
    }


def _versions(
    spec: dict[str, Any], fields: dict[str, Any], status: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    entries: object = spec.get("versions")
    if not is_list(entries) or not entries:
        raise CustomKindError("spec.versions is not a list with entries")
    for entry in entries:
        version = mapping(entry)
        given: object = mapping(version.get("schema")).get("openAPIV3Schema")
        if not is_mapping(given):
            raise CustomKindError("schema of a version is missing or not a mapping")
        schema = {"openAPIV3Schema": _schema(given, fields, status)}
        served = version.get("served", True)
        storage = version.get("referenceable")
        yield {
            "name": version.get("name"),
            "served": served,
            "storage": storage,
            "schema": copy.deepcopy(schema),
        }


def _definition(
    spec: dict[str, Any], names: object, scope: str, versions: Iterator[dict[str, Any]]
) -> dict[str, Any]:
    definition = {
        "group": spec.get("group"),
        "names": names,
        "scope": scope,
        "versions": [*versions],
    }
    return {"kind": "CustomResourceDefinition", "spec": definition}


def composite_definitions(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the CustomResourceDefinitions that Crossplane makes of one definition.

    Raises CustomKindError for a definition that Crossplane would refuse.
    """
    spec: object = content.get("spec")
    if not is_mapping(spec):
        raise CustomKindError("spec is missing or not a mapping")
    first = content["apiVersion"] == f"{_GROUP}v1"
    scope: object = spec.get("scope", _LEGACY if first else "Namespaced")
    if not isinstance(scope, str) or scope not in _SCOPES:
        raise CustomKindError(f"spec.scope is {str(scope)[:60]!r}, not one of {', '.join(_SCOPES)}")
    made = _versions(spec, _composite_fields(spec, scope), _status_fields(scope))
    found = [_definition(spec, spec.get("names"), _SCOPES[scope], made)]
    claim: object = spec.get("claimNames")
    if claim is None:
        return found
    if scope != _LEGACY:
        raise CustomKindError(f"spec.claimNames needs the scope {_LEGACY}")
    for key in ("kind", "plural"):
        if mapping(claim).get(key) == mapping(spec.get("names")).get(key):
            raise CustomKindError(f"spec.claimNames.{key} is the one of spec.names")
    made = _versions(spec, _claim_fields(spec), _status_fields(scope))
    return [*found, _definition(spec, claim, "Namespaced", made)]
