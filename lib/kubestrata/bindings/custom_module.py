"""Generated modules for custom kinds: one per kind and version, and what several share.

A struct that several modules of a package have is in the module `shared` of a version: of the
newest and most stable one that has it. Each version's `shared` names all that its kinds share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kubestrata.bindings.custom_kind import CustomKind, CustomVersion
from kubestrata.bindings.fact import description_of
from kubestrata.bindings.kubernetes_shape import KubernetesShapes
from kubestrata.bindings.model import (
    ClassRef,
    Field,
    KindFacts,
    KindModel,
    ModuleModel,
    StructModel,
)
from kubestrata.bindings.name import Numbered, class_name, kind_module, module_name
from kubestrata.bindings.restriction import restrictions_of
from kubestrata.bindings.shape import Module, Path, Shape, Shapes, keeps_unknown
from kubestrata.bindings.struct_name import name_structs, ranked
from kubestrata.bindings.version import version_rank
from kubestrata.core.json_value import JsonObject

SHARED = "shared"


@dataclass(frozen=True, slots=True)
class CustomModule:
    """A module with one version of one custom kind, and the schema to keep beside it."""

    module: ModuleModel
    facts: KindFacts
    schema: JsonObject


@dataclass(frozen=True, slots=True)
class CustomPackage:
    """All modules of a package: those of kinds, and those of shared structs."""

    kinds: tuple[CustomModule, ...]
    shared: tuple[ModuleModel, ...]


@dataclass(frozen=True, slots=True)
class _Walked:
    """A version of a kind whose schema has been walked."""

    kind: CustomKind
    version: CustomVersion
    module: Module
    body: tuple[Field, ...]


def default_version(versions: Iterable[CustomVersion]) -> str:
    """The storage version if it is served, else the highest that is, else the highest."""
    best = max(
        versions,
        key=lambda version: (version.served, version.storage, version_rank(version.name)),
    )
    return best.name


def _walk(package: str, kinds: Iterable[CustomKind], shapes: Shapes) -> Iterator[_Walked]:
    """Every version of every kind; equal kinds of two groups are told apart by the group."""
    given = Numbered()
    for kind in sorted(kinds, key=lambda kind: (kind.group, kind.kind)):
        for version in sorted(kind.versions, key=lambda version: version.name):
            folder, name = module_name(version.name), kind_module(kind.kind)
            if name == SHARED or f"{folder}/{name}" in given.used:
                name = module_name(f"{kind.kind}_{kind.group}")
            module = (package, *given.unique(f"{folder}/{name}").split("/"))
            body = shapes.body(version.schema, kind.kind, module)
            yield _Walked(kind, version, module, body)


class _Homes:
    """Which module declares which shape, under which name."""

    def __init__(self, shapes: Iterable[Shape], walked: Iterable[_Walked]) -> None:
        self._shapes = tuple(shapes)
        self._ranks = {each.module[1]: version_rank(each.version.name) for each in walked}
        taken = {each.module: {class_name(each.kind.kind)} for each in walked}
        at: dict[Module, list[Shape]] = {}
        for shape in self._shapes:
            at.setdefault(self._home(shape), []).append(shape)
        self.structs: dict[Module, tuple[StructModel, ...]] = {}
        for module, found in at.items():
            paths = {shape.key: list(_paths_in(shape, module)) for shape in found}
            self.structs[module] = name_structs(found, paths, taken.get(module, ()))
        self.names = {
            struct.key: ClassRef(module, struct.name, struct.name)
            for module, structs in self.structs.items()
            for struct in structs
        }

    def _home(self, shape: Shape) -> Module:
        first = next(iter(shape.places))
        if len(shape.places) == 1:
            return first
        folders = {module[1] for module in shape.places}
        best = max(folders, key=lambda folder: (self._ranks[folder], folder))
        return (first[0], best, SHARED)

    def shared(self) -> list[Module]:
        """The modules of shared structs: one for each version whose kinds share any."""
        several = [shape for shape in self._shapes if len(shape.places) > 1]
        return sorted({(*place[:2], SHARED) for shape in several for place in shape.places})

    def others(self, module: Module) -> dict[str, ClassRef]:
        """What the kinds of a version call the shared structs that another version declares."""
        given = {struct.name for struct in self.structs.get(module, ())}
        given.update(alias for each in self.structs.get(module, ()) for alias in each.aliases)
        found: dict[str, ClassRef] = {}
        for shape in self._shapes:
            ref = self.names[shape.key]
            if len(shape.places) > 1 and ref.module != module:
                for path in _paths_in(shape, module):
                    name = ranked(path)[1]
                    if name not in given:
                        found.setdefault(name, ref)
        return found


def _paths_in(shape: Shape, module: Module) -> Iterator[Path]:
    """The paths that lead to a shape in a module, or in all of a version for a shared one."""
    for place, paths in shape.places.items():
        if place == module or (module[-1] == SHARED and place[:2] == module[:2]):
            yield from paths


def _kind_model(each: _Walked) -> KindModel:
    kind, version = each.kind, each.version
    storage = version.name == default_version(kind.versions)
    facts = KindFacts(
        kind.group, version.name, kind.kind, kind.plural, kind.namespaced, version.served, storage
    )
    versions = sorted((each.name for each in kind.versions), key=version_rank)
    return KindModel(
        facts,
        class_name(kind.kind),
        each.body,
        version.source,
        tuple(versions),
        description_of(version.schema),
        restrictions_of(version.schema),
        keeps_unknown(version.schema),
    )


def custom_package(
    package: str, kinds: Iterable[CustomKind], known: KubernetesShapes | None
) -> CustomPackage:
    """The modules of a package; structs of Kubernetes are `known` ones where they are the same."""
    shapes = Shapes(known.find) if known else Shapes()
    walked = list(_walk(package, kinds, shapes))
    homes = _Homes(shapes.all(), walked)
    names: Mapping[str, ClassRef] = {**(known.names if known else {}), **homes.names}
    modules: list[CustomModule] = []
    for each in walked:
        model = _kind_model(each)
        structs = homes.structs.get(each.module, ())
        module = ModuleModel(each.module, each.version.source, (model,), structs, names)
        modules.append(CustomModule(module, model.facts, each.version.schema))
    groups = ", ".join(sorted({each.kind.group for each in walked}))
    shared = [
        ModuleModel(path, groups, (), homes.structs.get(path, ()), names, homes.others(path))
        for path in homes.shared()
    ]
    return CustomPackage(tuple(modules), tuple(shared))
