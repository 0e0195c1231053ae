"""Packages of custom kinds in the generated tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kubestrata.bindings.custom_kind import CustomKind
from kubestrata.bindings.custom_module import SHARED, CustomModule, CustomPackage, custom_package
from kubestrata.bindings.kind_index import indexed
from kubestrata.bindings.kubernetes_shape import KubernetesShapes
from kubestrata.bindings.model import ModuleModel
from kubestrata.bindings.tree import Package, Tree
from kubestrata.core.errors import ImportSourceError


def _declare(
    tree: Tree, package: str, kinds: Iterable[CustomKind], known: KubernetesShapes | None
) -> CustomPackage:
    """Add the modules of some kinds; raises ImportSourceError if one does more than declare."""
    made = custom_package(package, kinds, known)
    for module in (*(each.module for each in made.kinds), *made.shared):
        tree.add_module(module)
    return made


def _refusal(
    tree: Tree, package: str, kind: CustomKind, known: KubernetesShapes | None
) -> str | None:
    """Why a kind cannot be in a package, found by making a package of it alone."""
    try:
        _declare(Tree(tree.object_meta, tree.options), package, [kind], known)
    except ImportSourceError as error:
        where = f"{kind.versions[0].source}:{kind.line}"
        return f"{where}: {kind.kind}.{kind.group} is left out: {error.what}: {error.why}"
    return None


def _declared(
    tree: Tree, package: str, kinds: Sequence[CustomKind], known: KubernetesShapes | None
) -> CustomPackage:
    """Add all modules of a package but those of kinds that are refused, which are problems."""
    fresh = Tree(tree.object_meta, tree.options)
    try:
        made = _declare(fresh, package, kinds, known)
    except ImportSourceError:
        reasons = [_refusal(tree, package, kind, known) for kind in kinds]
        if not any(reasons):
            raise
        tree.problems += filter(None, reasons)
        good = [kind for kind, reason in zip(kinds, reasons, strict=True) if reason is None]
        return _declared(tree, package, good, known)
    tree.files |= fresh.files
    return made


def _package(
    title: str,
    folders: Iterable[str],
    kinds: Iterable[CustomModule],
    shared: Iterable[ModuleModel],
    depth: int,
) -> Package:
    """What a package of custom kinds exports; of two equal names one is found, as at run time."""
    ordered = sorted(kinds, key=lambda each: (each.facts.kind, each.facts.group))
    owners: dict[str, str] = {}
    homes: dict[str, ModuleModel] = {}
    for each in ordered:
        home, name = ".".join(each.module.path[depth:]), each.module.kinds[0].class_name
        if owners.setdefault(name, home) == home:
            homes[home] = each.module
    homes |= {".".join(module.path[depth:]): module for module in shared}
    exported = {home: set(module.exports) for home, module in homes.items()}
    owned: dict[str, list[str]] = {}
    for name in sorted({name for names in exported.values() for name in names}):
        for home in _places(name, owners):
            if name in exported.get(home, ()):
                owned.setdefault(home, []).append(name)
                break
    whole = [home for home, names in owned.items() if len(names) == len(exported[home])]
    chosen = {home: names for home, names in owned.items() if home not in whole}
    exports = {home: [name] for name, home in owners.items()}
    return Package(title, sorted(set(folders)), exports, whole, chosen)


def _places(name: str, owners: Mapping[str, str]) -> Iterator[str]:
    """Where a package looks for a name at run time, in this order."""
    for end in range(len(name), 0, -1):
        if name[:end] in owners:
            home = owners[name[:end]]
            folder, dot, _ = home.rpartition(".")
            yield from (home, f"{folder}{dot}{SHARED}")


def add_custom(
    tree: Tree, package: str, kinds: Sequence[CustomKind], known: KubernetesShapes | None
) -> None:
    """Add the package of some kinds; structs of Kubernetes are `known` ones where the same."""
    made = _declared(tree, package, kinds, known)
    if not made.kinds:
        return
    folders: dict[str, list[CustomModule]] = {}
    for each in made.kinds:
        _, folder, name = each.module.path
        folders.setdefault(folder, []).append(each)
        schema = f"{package}/_schemas/{folder}/{name}.json"
        tree.add_schema(schema, each.schema)
        tree.kinds.append(indexed(each.facts, each.module.path, schema))
    for folder, found in folders.items():
        shared = [module for module in made.shared if module.path[1] == folder]
        names = [each.path[-1] for each in (*(each.module for each in found), *shared)]
        title = _title(found, folder)
        tree.add_package((package, folder), _package(title, names, found, shared, 2))
    defaults = [each for each in made.kinds if each.facts.storage]
    title = _title(made.kinds, "storage versions")
    used = {each.module.path[1] for each in defaults}
    shared = [module for module in made.shared if module.path[1] in used]
    tree.add_package((package,), _package(title, folders, defaults, shared, 1))


def _title(modules: Iterable[CustomModule], what: str) -> str:
    groups = sorted({each.facts.group for each in modules})
    return f"{', '.join(groups)}: {what}."
