"""The whole generated tree in memory: relative path -> bytes. Nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import replace

from kubestrata.bindings.emit.compact import compact
from kubestrata.bindings.emit.guard import require_declarations
from kubestrata.bindings.emit.module_text import ModuleText
from kubestrata.bindings.emit.package_text import Package, merged_stub, package_text, stub_text
from kubestrata.bindings.emit.prose import without_prose
from kubestrata.bindings.kind.definition import Definitions, module_of
from kubestrata.bindings.kind.version import version_rank
from kubestrata.bindings.module.config_shape import document_modules, documents_in
from kubestrata.bindings.module.kubernetes_module import class_refs, kubernetes_modules
from kubestrata.bindings.module.values_shape import PACKAGE as HELM
from kubestrata.bindings.module.values_shape import values_module
from kubestrata.bindings.shape.model import ClassRef, ModuleModel
from kubestrata.bindings.source.json_schema import JsonSchema
from kubestrata.bindings.tree.kind_index import IndexedKind, indexed
from kubestrata.core.frozen import Frozen

_PREFERRED = ("core", "meta", "apps", "batch", "rbac", "networking", "policy", "storage")

Progress: TypeAlias = Callable[[str, int, int], None]
"""Receives the name of the phase, the number of finished steps, and their total."""


def ignore(_what: str, _done: int, _total: int) -> None:
    """Ignore progress."""


class Options(Frozen):
    """Settings of the generator: descriptions of upstream, progress callback, number of cores.

    `beside` are the packages of `kubeapis` in other folders, each with its modules.
    """

    descriptions: bool = False
    progress: Progress = ignore
    cores: int = 1
    beside: Mapping[str, Sequence[str]] = msgspec.field(default_factory=dict[str, Sequence[str]])


@dataclass(slots=True)
class Tree:
    """Collects generated files and the kinds they define."""

    object_meta: str
    options: Options = field(default_factory=Options)
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    kinds: list[IndexedKind] = field(default_factory=list[IndexedKind])
    problems: list[str] = field(default_factory=list[str])
    documents: list[str] = field(default_factory=list[str])

    def join(self, part: Tree) -> None:
        """Take in what another tree has."""
        self.files |= part.files
        self.kinds += part.kinds
        self.problems += part.problems

    def add_text(self, path: Iterable[str], name: str, text: str) -> None:
        """Add one file."""
        self.files["/".join((*path, name))] = text.encode("utf-8")

    def add_module(self, module: ModuleModel, object_meta: str = "") -> None:
        """Add a module with structs and kinds, checked to be nothing else."""
        meta = object_meta or self.object_meta
        text = ModuleText(module, meta, descriptions=self.options.descriptions).source()
        *folder, name = module.path
        require_declarations("/".join(module.path), text)
        self.add_text(folder, f"{name}.py", text)

    def add_schema(self, path: str, schema: Any) -> None:
        """Add a schema without prose and without repeated parts."""
        kept = compact(without_prose(schema))
        text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
        self.files[path] = text.encode("utf-8", "backslashreplace") + b"\n"

    def add_package(self, path: tuple[str, ...], package: Package) -> None:
        """Add a package's `__init__` and its stub."""
        self.add_text(path, "__init__.py", package_text(package))
        self.add_text(path, "__init__.pyi", stub_text(package, len(path)))


def add_kubernetes(tree: Tree, package: str, definitions: Definitions) -> dict[str, ClassRef]:
    """Add Kubernetes itself; return its structs as other packages refer to them."""
    modules = kubernetes_modules(definitions, package)
    for module in modules:
        tree.add_module(module, f"kubeapis.{package}.meta_v1")
    for kind in definitions.kinds.values():
        name = module_of(kind.key)
        schema = f"{package}/_schemas/{name}.json"
        tree.kinds.append(indexed(kind.facts, (package, name), schema, kind.key))
    _add_definitions(tree, package, definitions)
    title = f"Kubernetes {definitions.address.removeprefix('k8s@')}: every kind and struct."
    exports = _exports(modules)
    names = [each.path[-1] for each in modules]
    tree.add_package((package,), Package(title, names, exports, [], exports))
    return {
        key: replace(ref, shown=f"{package}.{ref.name}")
        if ref.name in exports.get(ref.module[1], ())
        else replace(ref, shown=f"{package}.{ref.shown}")
        for key, ref in class_refs(definitions, package).items()
    }


def _add_definitions(tree: Tree, package: str, definitions: Definitions) -> None:
    groups: dict[str, dict[str, Any]] = {}
    for key in definitions.needed():
        groups.setdefault(module_of(key), {})[key] = definitions.schemas[key]
    for name, schemas in groups.items():
        tree.add_schema(f"{package}/_schemas/{name}.json", {"definitions": schemas})


def _exports(modules: Iterable[ModuleModel]) -> dict[str, list[str]]:
    """Return the names that each module exports: kinds first, then the most stable and newest."""
    best: dict[str, tuple[tuple[Any, ...], str]] = {}
    for module in modules:
        name = module.path[-1]
        group, _, version = name.rpartition("_")
        kinds = {kind.class_name for kind in module.kinds}
        place = _PREFERRED.index(group) if group in _PREFERRED else len(_PREFERRED)
        level, major, minor, _ = version_rank(version)
        for export in module.exports:
            rank = (export not in kinds, -level, -major, -minor, place, name)
            if export not in best or rank < best[export][0]:
                best[export] = (rank, name)
    found: dict[str, list[str]] = {}
    for export, (_, name) in best.items():
        found.setdefault(name, []).append(export)
    return found


def add_values(tree: Tree, charts: Mapping[str, JsonSchema]) -> None:
    """Add the values of charts."""
    for name in sorted(charts):
        tree.add_module(values_module(name, charts[name].source, charts[name].schema))
        tree.add_schema(f"{HELM}/_schemas/{name}.json", charts[name].schema)
    title = "The values of Helm charts: one module for each chart."
    package = Package(title, sorted(charts), {}, [], {})
    tree.add_text((HELM,), "__init__.py", package_text(package, merged=True))
    others = sorted(set(tree.options.beside.get(HELM, ())) - set(charts))
    stub = merged_stub(HELM, sorted(charts), others) if others else stub_text(package, 1)
    tree.add_text((HELM,), "__init__.pyi", stub)


def add_documents(tree: Tree, package: str, config: JsonSchema) -> None:
    """Add a package of configuration documents, described by one schema."""
    modules = document_modules(package, config.source, config.schema)
    best: dict[str, str] = {}
    for module in sorted(modules, key=lambda each: version_rank(each.path[-1])):
        tree.add_module(module)
        best |= dict.fromkeys(module.exports, module.path[-1])
        tree.documents += [".".join((*module.path, name)) for name in documents_in(module)]
    exports: dict[str, list[str]] = {}
    for name, home in best.items():
        exports.setdefault(home, []).append(name)
    tree.add_schema(f"{package}/_schemas/documents.json", config.schema)
    names = [module.path[-1] for module in modules]
    title = "Configuration documents and their parts."
    tree.add_package((package,), Package(title, names, exports, [], exports))
