"""Generated modules for custom kinds: one per kind and version, and the structs they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kubestrata.bindings.kind.custom_kind import CustomKind
from kubestrata.bindings.kind.version import CustomVersion, version_rank
from kubestrata.bindings.module.claim import NameClaims
from kubestrata.bindings.module.group_name import group_labels, kind_modules, version_folder
from kubestrata.bindings.module.kubernetes_shape import KubernetesShapes
from kubestrata.bindings.module.struct_home import StructHomes, names_in
from kubestrata.bindings.shape.fact import description_of
from kubestrata.bindings.shape.model import (
    ClassRef,
    Field,
    KindFacts,
    KindModel,
    Module,
    ModuleModel,
)
from kubestrata.bindings.shape.name import class_name
from kubestrata.bindings.shape.restriction import restrictions_of
from kubestrata.bindings.shape.shape import Shapes, keeps_unknown
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject


class CustomModule(Frozen):
    """A module with one version of one custom kind, and the schema to keep beside it.

    `defaults` are the versions that the kind alone could mean.
    """

    module: ModuleModel
    facts: KindFacts
    schema: JsonObject
    defaults: frozenset[str]

    @property
    def class_name(self) -> str:
        """The class of the kind."""
        return self.module.kinds[0].class_name


class CustomPackage(Frozen):
    """All modules of a package: those of kinds, and those of shared structs.

    `labels` are the sub-packages of groups.
    """

    kinds: tuple[CustomModule, ...]
    shared: tuple[ModuleModel, ...]
    labels: Mapping[str, str]
    claims: NameClaims


class _Walked(Frozen):
    """A version of a kind whose schema has been walked."""

    kind: CustomKind
    version: CustomVersion
    module: Module
    body: tuple[Field, ...]


def _walk(
    package: str, kinds: Sequence[CustomKind], labels: Mapping[str, str], shapes: Shapes
) -> Iterator[_Walked]:
    """Walk every version of every kind."""
    modules = kind_modules(kinds, labels)
    for kind in sorted(kinds, key=lambda kind: (kind.group, kind.kind)):
        name = modules[kind.group, kind.kind]
        for version in sorted(kind.versions, key=lambda version: version.name):
            module = (package, version_folder(version.name), name)
            body = shapes.body(version.schema, class_name(kind.kind), module)
            yield _Walked(kind, version, module, body)


def _kind_model(each: _Walked) -> KindModel:
    kind, version = each.kind, each.version
    storage = version.name == kind.default
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
    """Return the modules of a package; structs equal to those of Kubernetes are `known` ones."""
    shapes = Shapes(known.find) if known else Shapes()
    given = list(kinds)
    labels = group_labels(given)
    walked = list(_walk(package, given, labels, shapes))
    classes = {each.module: class_name(each.kind.kind) for each in walked}
    keys = {each.module: (each.kind.group, each.kind.kind) for each in walked}
    ranks = {each.module[1]: version_rank(each.version.name) for each in walked}
    paths = names_in(shapes.all(), classes)
    claims = NameClaims(keys, classes, paths, labels)
    homes = StructHomes(shapes.all(), paths, claims.is_clear, ranks)
    names: Mapping[str, ClassRef] = known.names if known else {}

    def module(path: Module, source: str, *own: KindModel) -> ModuleModel:
        structs = homes.structs.get(path, ())
        return ModuleModel(path, source, own, structs, names, homes.aliases(path), homes.placed)

    modules: list[CustomModule] = []
    for each in walked:
        model = _kind_model(each)
        made = module(each.module, each.version.source, model)
        modules.append(CustomModule(made, model.facts, each.version.schema, each.kind.defaults))
    groups = ", ".join(sorted({each.kind.group for each in walked}))
    shared = tuple(module(path, groups) for path in homes.shared)
    return CustomPackage(tuple(modules), shared, labels, claims)
