"""Rendered objects of a component, and their validation as by an API server."""

from __future__ import annotations

from typing import Any

import msgspec

from kubestrata import Cluster, Component
from kubestrata.bindings import IndexedKind
from kubestrata.core.identity import Identity
from kubestrata.core.yaml_text import dump_all
from kubestrata.schema import KindSchema, UnjudgedRule, installed


def rendered(component: Component) -> str:
    """Return the objects of a component as YAML."""
    return dump_all(item.manifest for item in component.rendered())


def objects(component: Component, kind: str) -> list[dict[str, Any]]:
    """Return the objects of one kind, by name."""
    return [item.manifest for item in component.rendered() if item.identity.kind == kind]


def faults(component: Component) -> list[str]:
    """Return violations of schemas, CEL rules and the API server's own rules for lists."""
    found: list[str] = []
    for item in component.rendered():
        manifest: dict[str, Any] = item.manifest
        schema = installed().get(manifest["apiVersion"], manifest["kind"])
        schema = schema or _defined(component.cluster, item.identity)
        if schema is None:
            found.append(f"{item.identity}: has no binding")
            continue
        value = schema.filled(manifest)
        noted: set[UnjudgedRule] = set()
        verdict = schema.judge(value, substituted=True)
        invalid = [*verdict.faults, *schema.rule_faults(value, noted)]
        invalid += schema.list_faults(value, substituted=True)
        invalid += schema.requirement_faults(value, 35, substituted=True)
        found += [f"{item.identity}: {fault.path}: {fault.message}" for fault in invalid]
        found += [f"{item.identity}: not checked: {rule}" for rule in noted]
    return found


def kind_schema(body: dict[str, Any]) -> KindSchema:
    """Return the validator of a definition's objects; `body` is the schema of its version."""
    named = {"group": "example.com", "version": "v1", "kind": "Claim", "plural": "claims"}
    flags = {"namespaced": True, "served": True, "storage": True, "builtin": False}
    homes = dict.fromkeys(("package", "module", "schema", "definition"), "")
    return KindSchema(msgspec.convert(named | flags | homes, IndexedKind), body, {})


def _defined(cluster: Cluster, identity: Identity) -> KindSchema | None:
    """Return the schema of a kind from a definition in the cluster."""
    for component in cluster.components:
        for made in objects(component, "CompositeResourceDefinition"):
            spec = made["spec"]
            if (spec["group"], spec["names"]["kind"]) == (identity.group, identity.kind):
                return kind_schema(spec["versions"][0]["schema"]["openAPIV3Schema"])
    return None
