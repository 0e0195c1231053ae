"""Compositions, run as by function-kcl and compared with native constructs."""

from __future__ import annotations

import json
from typing import Any

from kcl_lib import api  # type: ignore[import-untyped]  # it has no types

from kubestrata import Component
from kubestrata.constructs.platform_api import (
    EPI,
    SQL_INSTANCE,
    PlatformKind,
    structural_schema,
)
from kubestrata.schema import UncheckedRule, installed
from tests.constructs.checking import kind_schema

ENVIRONMENT = "apiextensions.crossplane.io/environment"
_OWN = "krm.kcl.dev/"
_STEP = f"{_OWN}composition-resource-name"


def composed(
    kind: PlatformKind,
    claim: dict[str, Any],
    environment: dict[str, Any],
    *,
    observed: dict[str, Any] | None = None,
    own: bool = False,
) -> list[dict[str, Any]]:
    """Return the objects that the program of a kind makes of a claim.

    With `own`, keep the annotations of the function. Source: function-kcl passes the composite as
    `oxr`, existing composed resources as `ocds`, the pipeline's context as `ctx`.
    """
    params = {"oxr": claim, "ocds": observed or {}, "ctx": {ENVIRONMENT: environment}}
    given = api.Argument(name="params", value=json.dumps(params, sort_keys=True))
    arguments = api.ExecProgramArgs(
        k_filename_list=[f"{kind.plural}.k"], k_code_list=[kind.source], args=[given]
    )
    result = api.API().exec_program(arguments)
    assert not result.err_message, result.err_message
    made: list[dict[str, Any]] = json.loads(result.json_result)["items"]
    names = [item["metadata"]["annotations"][_STEP] for item in made]
    assert len(set(names)) == len(names), f"two resources of one name: {names}"
    return sorted(made if own else map(_without_step, made), key=_identity)


def native(component: Component) -> list[dict[str, Any]]:
    """Return the objects of a component, except those of its namespace."""
    found = [item.manifest for item in component.rendered() if item.identity.kind != "Namespace"]
    # JSON has no tuples.
    read: list[dict[str, Any]] = json.loads(json.dumps(found))
    return sorted(read, key=_identity)


def beside(
    kind: PlatformKind, claimed: Component, native_component: Component
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the claim, and the native objects that it replaces."""
    (claim,) = [item for item in native(claimed) if item["kind"] == kind.kind]
    others = [item for item in native(claimed) if item["kind"] != kind.kind]
    wanted = native(native_component)
    missing = [item for item in others if item not in wanted]
    assert missing == [], "a claim has objects that the construct does not have"
    return claim, [item for item in wanted if item not in others]


def schema_of(kind: PlatformKind) -> dict[str, Any]:
    """Return the schema of claims of a kind."""
    spec = structural_schema(kind.declaration)
    return {"type": "object", "required": ["spec"], "properties": {"spec": spec}}


def written(kind: PlatformKind, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return a claim as a person writes it, with the defaults of its schema."""
    claim = {
        "apiVersion": "cloud.example.com/v1alpha1",
        "kind": kind.kind,
        "metadata": {"name": name, "namespace": "shop"},
        "spec": spec,
    }
    schema = kind_schema(schema_of(kind))
    filled: dict[str, Any] = schema.filled(claim)
    noted: set[UncheckedRule] = set()
    found = [*schema.validate(filled).faults, *schema.rule_faults(filled, noted)]
    assert found == [], [f"{fault.path}: {fault.message}" for fault in found]
    assert not noted
    return filled


def misfits(manifests: list[dict[str, Any]]) -> list[str]:
    """Return violations of the schemas of composed objects."""
    found: list[str] = []
    for manifest in manifests:
        name = f"{manifest['kind']} {manifest['metadata']['name']}"
        own = {"EPI": EPI, "SQLInstance": SQL_INSTANCE}.get(manifest["kind"])
        schema = installed().get(manifest["apiVersion"], manifest["kind"])
        if own is not None:
            schema = kind_schema(schema_of(own))
        assert schema is not None, f"{name}: has no binding"
        value = schema.filled(manifest)
        faults = [*schema.validate(value).faults, *schema.rule_faults(value, set())]
        found += [f"{name}: {fault.path}: {fault.message}" for fault in faults]
    return found


def _identity(manifest: dict[str, Any]) -> tuple[str, str, str]:
    return manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"]


def _without_step(manifest: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(manifest["metadata"])
    given = metadata.pop("annotations").items()
    annotations = {key: text for key, text in given if not key.startswith(_OWN)}
    return {
        **manifest,
        "metadata": metadata | ({"annotations": annotations} if annotations else {}),
    }
