"""What a component renders, and what the API server would say of it."""

from __future__ import annotations

from typing import Any

from kubestrata import Component
from kubestrata.core.yaml_text import dump_all
from kubestrata.schema import UnjudgedRule, installed


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
