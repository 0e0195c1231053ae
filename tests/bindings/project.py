"""A folder in which a test writes CRDs, generates bindings and imports them."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kubestrata.bindings import ImportReport, generate

ROOT = Path(__file__).parents[2]
MIRROR = Path(os.environ.get("KUBESTRATA_MIRROR") or ROOT.parent / "shared" / "schemas")

needs_mirror = pytest.mark.skipif(
    not (MIRROR / "SOURCES.tsv").exists(), reason="the schema mirror is not at hand"
)


def crd_folders() -> list[Path]:
    """The folders of CRDs in the mirror, one for each project; none without a mirror."""
    folder = MIRROR / "crds"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def charts() -> list[Path]:
    """The schemas of charts' values in the mirror; none without one."""
    return sorted((MIRROR / "helm-values").glob("*.schema.json"))


def configurations() -> list[Path]:
    """The schemas of configuration documents in the mirror; none without one."""
    return sorted((MIRROR / "talos").glob("*.schema.json"))


def kubernetes_versions() -> list[str]:
    """The versions of Kubernetes in the mirror; none without one."""
    files = (MIRROR / "k8s").glob("cdk8s-definitions-v*.json.gz")
    return sorted(each.name.removesuffix(".json.gz").rpartition("-v")[2] for each in files)


def version(
    properties: Mapping[str, Any] | None = None,
    *,
    name: str = "v1",
    required: Sequence[str] = (),
    storage: bool = True,
    served: bool = True,
) -> dict[str, Any]:
    """One version of a CRD whose `spec` has these properties."""
    spec = {"type": "object", "properties": dict(properties or {"size": {"type": "integer"}})}
    if required:
        spec["required"] = list(required)
    schema = {"type": "object", "required": ["spec"], "properties": {"spec": spec}}
    return {
        "name": name,
        "served": served,
        "storage": storage,
        "schema": {"openAPIV3Schema": schema},
    }


def crd(
    *versions: Mapping[str, Any],
    kind: str = "Widget",
    group: str = "example.org",
    scope: str = "Namespaced",
) -> dict[str, Any]:
    """A CustomResourceDefinition."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.lower()}s.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"kind": kind, "plural": f"{kind.lower()}s"},
            "versions": list(versions) or [version()],
        },
    }


class Project:
    """A folder with a cdk8s.yaml; `write` adds sources, `generate` makes bindings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "cdk8s.yaml"
        self.imports = folder / "imports"
        self.tree = self.imports / "kubeapis"
        self._entries: list[str] = []

    def write(self, name: str, *documents: Mapping[str, Any] | str, package: str = "") -> Path:
        """Add a source file; documents that are no text are written as JSON, which is YAML."""
        texts = [each if isinstance(each, str) else json.dumps(each) for each in documents]
        path = self.folder / name
        path.write_text("\n---\n".join(texts), encoding="utf-8")
        self.add(f"{package}:={name}" if package else name)
        return path

    def add(self, *entries: str) -> None:
        """Add entries to `imports:`."""
        self._entries += [each for each in entries if each not in self._entries]
        self.config.write_text(json.dumps({"imports": self._entries}), encoding="utf-8")

    def generate(self, mirror: Path | None = None, *, descriptions: bool = False) -> ImportReport:
        """Run the import."""
        return generate(
            self.config, imports_dir=self.imports, mirror=mirror, descriptions=descriptions
        )

    def load(self, module: str) -> Any:
        """Import one generated module (`widget.v1`)."""
        importlib.invalidate_caches()
        return importlib.import_module(f"kubeapis.{module}")

    def make(self, *documents: Mapping[str, Any]) -> Any:
        """Generate bindings of these documents and import the package `made`."""
        self.write("crds.yaml", *documents, package="made")
        self.generate()
        return self.load("made")

    def source(self, path: str) -> str:
        """The text of a generated file."""
        return (self.tree / path).read_text(encoding="utf-8")


class Captured(dict[str, Any]):
    """The arguments that a kind passes to `Resource`."""
