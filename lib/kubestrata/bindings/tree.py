"""The whole generated tree in memory: relative path -> bytes. Nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kubestrata.bindings.custom_kind import CustomKind
from kubestrata.bindings.custom_module import CustomModule, custom_modules
from kubestrata.bindings.definition import Definitions, module_of
from kubestrata.bindings.guard import require_declarations
from kubestrata.bindings.kind_index import INDEX_FILE, IndexedKind, index_text, indexed
from kubestrata.bindings.kubernetes_module import kubernetes_modules
from kubestrata.bindings.model import ModuleModel
from kubestrata.bindings.module_text import ModuleText
from kubestrata.bindings.package_text import (
    LAZY_TEXT,
    OPEN_TEXT,
    ROOT_TEXT,
    package_text,
    stub_text,
)
from kubestrata.bindings.prose import without_prose
from kubestrata.bindings.values_shape import PACKAGE as HELM
from kubestrata.bindings.values_shape import values_module
from kubestrata.bindings.version import version_rank

_PREFERRED = ("core", "meta", "apps", "batch", "rbac", "networking", "policy", "storage")

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is done, how many steps of it are done, and how many there are."""


def ignore(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a tree is made: with upstream's sentences in docstrings or not, and who watches."""

    descriptions: bool = False
    progress: Progress = ignore


@dataclass(frozen=True, slots=True)
class Package:
    """What a package exports: at run time `exports`, by module.

    To type checkers `whole` modules, and then the names in `chosen`.
    """

    title: str
    modules: Sequence[str]
    exports: Mapping[str, Sequence[str]]
    whole: Sequence[str]
    chosen: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ChartValues:
    """The schema of a chart's values and where it came from."""

    source: str
    schema: Mapping[str, Any]


@dataclass(slots=True)
class Tree:
    """Collects generated files and the kinds they define."""

    object_meta: str
    options: Options = field(default_factory=Options)
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    kinds: list[IndexedKind] = field(default_factory=list[IndexedKind])

    def add_text(self, path: Iterable[str], name: str, text: str) -> None:
        """Add one file."""
        self.files["/".join((*path, name))] = text.encode("utf-8")

    def add_module(self, module: ModuleModel) -> None:
        """Add a module with structs and kinds, checked to be nothing else."""
        text = ModuleText(module, self.object_meta, descriptions=self.options.descriptions).source()
        *folder, name = module.path
        require_declarations("/".join(module.path), text)
        self.add_text(folder, f"{name}.py", text)

    def add_schema(self, path: str, schema: Any) -> None:
        """Add a schema as compact JSON without prose."""
        text = json.dumps(without_prose(schema), separators=(",", ":"), ensure_ascii=False)
        self.files[path] = text.encode("utf-8", "backslashreplace") + b"\n"

    def add_package(self, path: tuple[str, ...], package: Package) -> None:
        """Add a package's `__init__` and its stub."""
        text = package_text(package.title, package.modules, package.exports)
        stub = stub_text(package.modules, package.whole, package.chosen)
        self.add_text(path, "__init__.py", text)
        self.add_text(path, "__init__.pyi", stub)


def _add_kubernetes(tree: Tree, package: str, definitions: Definitions) -> None:
    modules = kubernetes_modules(definitions, package)
    for module in modules:
        tree.add_module(module)
    for kind in definitions.kinds.values():
        name = module_of(kind.key)
        schema = f"{package}/_schemas/{name}.json"
        tree.kinds.append(indexed(kind.facts, (package, name), schema, kind.key))
    _add_definitions(tree, package, definitions)
    title = f"Kubernetes {definitions.address.removeprefix('k8s@')}: every kind and struct."
    exports = _exports(modules)
    names = [each.path[-1] for each in modules]
    tree.add_package((package,), Package(title, names, exports, [], exports))


def _add_definitions(tree: Tree, package: str, definitions: Definitions) -> None:
    groups: dict[str, dict[str, Any]] = {}
    for key in definitions.needed():
        groups.setdefault(module_of(key), {})[key] = definitions.schemas[key]
    for name, schemas in groups.items():
        tree.add_schema(f"{package}/_schemas/{name}.json", {"definitions": schemas})


def _exports(modules: Iterable[ModuleModel]) -> dict[str, list[str]]:
    """Which module exports which name: kinds first, then the most stable and newest version."""
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


def _package(
    title: str, folders: Iterable[str], modules: Iterable[CustomModule], depth: int
) -> Package:
    """What a package of custom kinds exports; of two equal names one is found, as at run time.

    A kind is found before a struct, the first kind's before the second's, and a struct beside
    the kind with the longest name that its own begins with.
    """
    ordered = sorted(modules, key=lambda each: (each.facts.kind, each.facts.group))
    taken: dict[str, str] = {}
    homes: dict[str, ModuleModel] = {}
    for each in ordered:
        home, name = ".".join(each.module.path[depth:]), each.module.kinds[0].class_name
        if taken.setdefault(name, home) == home:
            homes[home] = each.module
    whole: list[str] = []
    chosen: dict[str, list[str]] = {}
    for home in sorted(homes, key=lambda home: -len(homes[home].kinds[0].class_name)):
        exports = homes[home].exports
        found = [name for name in exports if taken.setdefault(name, home) == home]
        if len(found) == len(exports):
            whole.append(home)
        else:
            chosen[home] = found
    kinds = {home: [module.kinds[0].class_name] for home, module in homes.items()}
    return Package(title, sorted(set(folders)), kinds, whole, chosen)


def _add_custom(tree: Tree, package: str, kinds: Iterable[CustomKind]) -> None:
    modules = list(custom_modules(package, kinds))
    folders: dict[str, list[CustomModule]] = {}
    for each in modules:
        _, folder, name = each.module.path
        folders.setdefault(folder, []).append(each)
        schema = f"{package}/_schemas/{folder}/{name}.json"
        tree.add_module(each.module)
        tree.add_schema(schema, each.schema)
        tree.kinds.append(indexed(each.facts, each.module.path, schema))
    for folder, found in folders.items():
        names = (each.module.path[-1] for each in found)
        tree.add_package((package, folder), _package(_title(found, folder), names, found, 2))
    defaults = [each for each in modules if each.facts.storage]
    title = _title(modules, "storage versions")
    tree.add_package((package,), _package(title, folders, defaults, 1))


def _title(modules: Iterable[CustomModule], what: str) -> str:
    groups = sorted({each.facts.group for each in modules})
    return f"{', '.join(groups)}: {what}."


def _add_values(tree: Tree, charts: Mapping[str, ChartValues]) -> None:
    for name in sorted(charts):
        tree.add_module(values_module(name, charts[name].source, charts[name].schema))
        tree.add_schema(f"{HELM}/_schemas/{name}.json", charts[name].schema)
    title = "The values of Helm charts: one module for each chart."
    tree.add_package((HELM,), Package(title, sorted(charts), {}, [], {}))


def build_tree(
    builtin: Mapping[str, Definitions],
    custom: Mapping[str, Iterable[CustomKind]],
    charts: Mapping[str, ChartValues],
    options: Options,
) -> Tree:
    """Generate everything; `builtin` and `custom` are by package, `charts` by module name."""
    home = "k8s" if "k8s" in builtin else min(builtin, default="")
    meta = f"kubeapis.{home}.meta_v1" if home else ""
    tree = Tree(meta, options)
    packages = len(builtin) + len(custom)
    for number, package in enumerate(sorted(builtin)):
        options.progress("generating", number, packages)
        _add_kubernetes(tree, package, builtin[package])
    for number, package in enumerate(sorted(custom), len(builtin)):
        options.progress("generating", number, packages)
        _add_custom(tree, package, custom[package])
    if charts:
        _add_values(tree, charts)
    options.progress("generating", packages, packages)
    tree.add_text((), "__init__.py", ROOT_TEXT)
    tree.add_text((), "_lazy.py", LAZY_TEXT)
    tree.add_text((), "_open.py", OPEN_TEXT)
    tree.add_text((), "py.typed", "")
    tree.add_text((), INDEX_FILE, index_text(tree.kinds))
    return tree
