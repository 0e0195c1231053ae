"""Validation of a component's objects as by the API server: schemas, CEL rules, further checks."""

from __future__ import annotations

from typing import Any

import msgspec

from kubestrata.bindings import IndexedKind
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.schema import (
    KindSchema,
    KubernetesDefinitions,
    LazySchema,
    UncheckedRule,
    installed,
)


def schema_problems(component: Component) -> list[str]:
    """Return the violations, a line each; [] means that the API server accepts every object.

    An object of a kind without bindings is a problem too, unless a definition in the cluster
    describes it.
    """
    minor = int(component.cluster.kubernetes.rpartition(".")[2])
    found: list[str] = []
    for item in component.rendered():
        manifest = item.manifest
        schema = installed().get(manifest["apiVersion"], manifest["kind"])
        schema = schema or _defined(component.cluster, item.identity)
        if schema is None:
            found.append(f"{item.identity}: has no binding")
            continue
        value = schema.filled(manifest)
        noted: set[UncheckedRule] = set()
        verdict = schema.validate(value, substituted=True)
        invalid = [*verdict.faults, *schema.rule_faults(value, noted)]
        invalid += schema.list_faults(value, substituted=True)
        invalid += schema.requirement_faults(value, minor, substituted=True)
        found += [f"{item.identity}: {fault.path}: {fault.message}" for fault in invalid]
        found += [f"{item.identity}: not checked: {rule}" for rule in noted]
    return found


def kind_schema(body: dict[str, Any]) -> KindSchema:
    """Return the validator of a definition's objects; `body` is the schema of its version."""
    named = {"group": "example.com", "version": "v1", "kind": "Claim", "plural": "claims"}
    flags = {"namespaced": True, "served": True, "storage": True, "builtin": False}
    homes = dict.fromkeys(("package", "module", "schema", "definition"), "")
    kind = msgspec.convert(named | flags | homes, IndexedKind)
    return KindSchema(kind, LazySchema(lambda: (body, KubernetesDefinitions()), bytes))


def _defined(cluster: Cluster, identity: Identity) -> KindSchema | None:
    """Return the schema of a kind from a CompositeResourceDefinition in the cluster."""
    for component in cluster.components:
        for item in component.rendered():
            if item.identity.kind != "CompositeResourceDefinition":
                continue
            spec = mapping(item.manifest.get("spec"))
            if (spec["group"], spec["names"]["kind"]) == (identity.group, identity.kind):
                return kind_schema(spec["versions"][0]["schema"]["openAPIV3Schema"])
    return None
