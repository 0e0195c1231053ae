"""Generated modules for custom kinds: one per kind and version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubestrata.bindings.custom_kind import CustomKind, CustomVersion
from kubestrata.bindings.fact import description_of
from kubestrata.bindings.model import KindFacts, KindModel, ModuleModel
from kubestrata.bindings.name import Numbered, class_name, kind_module, module_name
from kubestrata.bindings.shape import Shapes, keeps_unknown
from kubestrata.bindings.version import version_rank
from kubestrata.core.json_value import JsonObject


@dataclass(frozen=True, slots=True)
class CustomModule:
    """A module with one version of one custom kind, and the schema to keep beside it."""

    module: ModuleModel
    facts: KindFacts
    schema: JsonObject


def default_version(versions: Iterable[CustomVersion]) -> str:
    """The storage version if it is served, else the highest that is, else the highest."""
    best = max(
        versions,
        key=lambda version: (version.served, version.storage, version_rank(version.name)),
    )
    return best.name


def _module(kind: CustomKind, version: CustomVersion, path: tuple[str, ...]) -> CustomModule:
    storage = version.name == default_version(kind.versions)
    facts = KindFacts(
        kind.group, version.name, kind.kind, kind.plural, kind.namespaced, version.served, storage
    )
    name = class_name(kind.kind)
    shapes = Shapes(kind.kind)
    body = shapes.body(version.schema)
    names, structs = shapes.structs({name})
    versions = sorted((each.name for each in kind.versions), key=version_rank)
    description = description_of(version.schema)
    model = KindModel(
        facts,
        name,
        body,
        version.source,
        tuple(versions),
        description,
        open=keeps_unknown(version.schema),
    )
    module = ModuleModel(path, version.source, (model,), structs, names)
    return CustomModule(module, facts, version.schema)


def custom_modules(package: str, kinds: Iterable[CustomKind]) -> Iterator[CustomModule]:
    """The modules of a package; equal kinds of two groups are told apart by the group."""
    given = Numbered()
    for kind in sorted(kinds, key=lambda kind: (kind.group, kind.kind)):
        for version in sorted(kind.versions, key=lambda version: version.name):
            folder = module_name(version.name)
            name = kind_module(kind.kind)
            if f"{folder}/{name}" in given.used:
                name = module_name(f"{kind.kind}_{kind.group}")
            name = given.unique(f"{folder}/{name}").partition("/")[2]
            yield _module(kind, version, (package, folder, name))
