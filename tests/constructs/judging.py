"""What a component renders, and what the API server would say of it."""

from __future__ import annotations

from typing import Any

import msgspec

from kubestrata import Cluster, Component
from kubestrata.bindings import IndexedKind
from kubestrata.core.identity import Identity
from kubestrata.core.yaml_text import dump_all
from kubestrata.schema import KindSchema, UnjudgedRule, installed


def rendered(component: Component) -> str:
    """The objects of a component as YAML."""
    return dump_all(item.manifest for item in component.rendered())


def objects(component: Component, kind: str) -> list[dict[str, Any]]:
    """The objects of one kind, by name."""
    return [item.manifest for item in component.rendered() if item.identity.kind == kind]


def faults(component: Component) -> list[str]:
    """What does not fit the schemas, the CEL rules and the API server's own rules for lists."""
    found: list[str] = []
    for item in component.rendered():
        manifest: dict[str, Any] = item.manifest
        schema = installed().get(manifest["apiVersion"], manifest["kind"])
        schema = schema or _defined(component.cluster, item.identity)
        if schema is None:
            found.append(f"{item.identity}: no binding knows it")
            continue
        value = schema.filled(manifest)
        noted: set[UnjudgedRule] = set()
        told = [*schema.judge(value).faults, *schema.rule_faults(value, noted)]
        told += schema.list_faults(value)
        found += [f"{item.identity}: {fault.path}: {fault.message}" for fault in told]
        found += [f"{item.identity}: not judged: {rule}" for rule in noted]
    return found


def kind_schema(body: dict[str, Any]) -> KindSchema:
    """What judges the objects of a definition, `body` the schema of its version."""
    named = {"group": "example.com", "version": "v1", "kind": "Claim", "plural": "claims"}
    flags = {"namespaced": True, "served": True, "storage": True, "builtin": False}
    homes = dict.fromkeys(("package", "module", "schema", "definition"), "")
    return KindSchema(msgspec.convert(named | flags | homes, IndexedKind), body, {})


def _defined(cluster: Cluster, identity: Identity) -> KindSchema | None:
    """What a definition in the cluster says of a kind."""
    for component in cluster.components:
        for made in objects(component, "CompositeResourceDefinition"):
            spec = made["spec"]
            if (spec["group"], spec["names"]["kind"]) == (identity.group, identity.kind):
                return kind_schema(spec["versions"][0]["schema"]["openAPIV3Schema"])
    return None
