"""Rendered objects of a component, and their validation as by an API server."""

from __future__ import annotations

from kubestrata import Component
from kubestrata.core.json_value import Manifest
from kubestrata.testing import render
from kubestrata.testing import schema_problems as faults
from kubestrata.testing.schema_problem import kind_schema

__all__ = ["faults", "kind_schema", "objects", "rendered"]


def rendered(component: Component) -> str:
    """Return the objects of a component as YAML."""
    return render(component).yaml


def objects(component: Component, kind: str) -> list[Manifest]:
    """Return the objects of one kind, by name."""
    return render(component).manifests(kind)
