"""Packages of custom kinds in the generated tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from kubestrata.bindings.emit.package_text import Package
from kubestrata.bindings.kind.custom_kind import CustomKind
from kubestrata.bindings.module.claim import Ambiguous
from kubestrata.bindings.module.custom_module import CustomModule, CustomPackage, custom_package
from kubestrata.bindings.module.group_name import SHARED, version_folder
from kubestrata.bindings.module.kubernetes_shape import KubernetesShapes
from kubestrata.bindings.shape.model import Module, ModuleModel
from kubestrata.bindings.tree.kind_index import indexed
from kubestrata.bindings.tree.tree import Tree
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen


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
    """Return the reason why a kind cannot be in a package, from a package of this kind alone."""
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


class _View(Frozen):
    """A package that exports some kinds of `made`: all, those of a version or of a group."""

    made: CustomPackage
    path: Module
    kinds: Sequence[CustomModule]
    base: Module = ()
    group: str | None = None
    of_version: bool = False

    @property
    def _base(self) -> Module:
        return self.base or self.path

    def _home(self, module: ModuleModel) -> str:
        return ".".join(module.path[len(self._base) :])

    @property
    def _disputed(self) -> dict[str, tuple[str, ...]]:
        """Kinds of which definitions name different storage versions, and these versions."""
        above = "" if self.group is None else f"{self.made.labels[self.group]}."
        return {
            each.class_name: tuple(
                f"{above}{version_folder(version)}" for version in sorted(each.defaults)
            )
            for each in self.kinds
            if len(each.defaults) > 1
        }

    @property
    def _ambiguous(self) -> Ambiguous:
        found = self.made.claims.ambiguous(self.group)
        return found if self.of_version else replace(found, kinds={**self._disputed, **found.kinds})

    def package(self, what: str, folders: Iterable[str]) -> Package:
        """Return the exports of the package; of two equal names one is used, as at run time."""
        ambiguous = self._ambiguous
        modules = [each.module for each in self.kinds if each.class_name not in ambiguous.kinds]
        owners = {module.kinds[0].class_name: self._home(module) for module in modules}
        used = {module.path[:2] for module in modules}
        shared = [module for module in self.made.shared if module.path[:2] in used]
        held = {self._home(module): {*module.exports} for module in (*modules, *shared)}
        owned: dict[str, list[str]] = {}
        lengths = sorted({len(name) for name in (*owners, *ambiguous.kinds)}, reverse=True)
        for name in sorted({name for names in held.values() for name in names}):
            home = _home_of(name, lengths, owners, held, ambiguous)
            if home:
                owned.setdefault(home, []).append(name)
        whole = [home for home, names in owned.items() if len(names) == len(held[home])]
        chosen = {home: names for home, names in owned.items() if home not in whole}
        exports: dict[str, list[str]] = {self._home(module): [] for module in shared}
        exports |= {home: [name] for name, home in owners.items()}
        groups = sorted({each.facts.group for each in self.kinds})
        title = f"{', '.join(groups)}: {what}."
        return Package(title, sorted({*folders}), exports, whole, chosen, self.base, ambiguous)


def _home_of(
    name: str,
    lengths: Sequence[int],
    owners: Mapping[str, str],
    held: Mapping[str, set[str]],
    ambiguous: Ambiguous,
) -> str:
    """Return the module in which a package finds a name at run time, '' if there is none.

    `lengths` are those of the names of kinds, the longest first.
    """
    if name in ambiguous.names:
        return ""
    for end in lengths:
        if end > len(name):
            continue
        if name[:end] in ambiguous.kinds:
            return ""
        if name[:end] in owners:
            home = owners[name[:end]]
            folder, dot, _ = home.rpartition(".")
            for place in (home, f"{folder}{dot}{SHARED}"):
                if name in held.get(place, ()):
                    return place
    return ""


def add_custom(
    tree: Tree, package: str, kinds: Sequence[CustomKind], known: KubernetesShapes | None
) -> None:
    """Add the package of some kinds; structs of Kubernetes are `known` ones where the same."""
    made = _declared(tree, package, kinds, known)
    if not made.kinds:
        return
    for each in made.kinds:
        _, folder, name = each.module.path
        schema = f"{package}/_schemas/{folder}/{name}.json"
        tree.add_schema(schema, each.schema)
        tree.kinds.append(indexed(each.facts, each.module.path, schema))
    folders = _by_version(made.kinds)
    for folder, found in folders.items():
        names = [each.module.path[-1] for each in found]
        names += [module.path[-1] for module in made.shared if module.path[1] == folder]
        view = _View(made, (package, folder), found, of_version=True)
        tree.add_package(view.path, view.package(folder, names))
    stored = [each for each in made.kinds if each.facts.storage]
    view = _View(made, (package,), stored)
    tree.add_package(view.path, view.package("storage versions", [*folders, *made.labels.values()]))
    for group, label in made.labels.items():
        _add_group(tree, made, (package, label), group)


def _by_version(kinds: Iterable[CustomModule]) -> dict[str, list[CustomModule]]:
    folders: dict[str, list[CustomModule]] = {}
    for each in kinds:
        folders.setdefault(each.module.path[1], []).append(each)
    return folders


def _add_group(tree: Tree, made: CustomPackage, path: Module, group: str) -> None:
    """Add the sub-package of a group, and one for each version in it."""
    kinds = [each for each in made.kinds if each.facts.group == group]
    base, folders = path[:1], _by_version(kinds)
    for folder, found in folders.items():
        view = _View(made, (*path, folder), found, base, group, of_version=True)
        tree.add_package(view.path, view.package(folder, ()))
    stored = [each for each in kinds if each.facts.storage]
    view = _View(made, path, stored, base, group)
    tree.add_package(path, view.package("storage versions", folders))
