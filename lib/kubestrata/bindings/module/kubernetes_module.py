"""Generated modules for Kubernetes' own kinds: one per API group and version.

Lists, status and what only the server or a client library uses are left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from kubestrata.bindings.kind.definition import OBJECT_META, Definitions, module_of
from kubestrata.bindings.kind.version import version_rank
from kubestrata.bindings.shape.fact import description_of
from kubestrata.bindings.shape.model import ClassRef, Field, KindModel, ModuleModel, StructModel
from kubestrata.bindings.shape.name import class_name
from kubestrata.bindings.shape.shape import HEAD
from kubestrata.bindings.shape.type_expr import shapes_in


def _struct_name(definitions: Definitions, key: str) -> str:
    name = class_name(key.rpartition(".")[2])
    return f"Embedded{name}" if key in definitions.kinds else name


def reachable(definitions: Definitions) -> dict[str, tuple[Field, ...]]:
    """Return every struct that the body of a kind or its metadata needs, with its fields."""
    found: dict[str, tuple[Field, ...]] = {}
    waiting = [OBJECT_META]
    for key in definitions.kinds:
        waiting += shapes_in(field.type for field in definitions.fields(key, HEAD))
    while waiting:
        key = waiting.pop()
        if key not in found:
            without = frozenset({"status"}) if key in definitions.kinds else frozenset[str]()
            found[key] = definitions.fields(key, without)
            waiting += shapes_in(field.type for field in found[key])
    return found


def class_refs(definitions: Definitions, package: str) -> dict[str, ClassRef]:
    """Return the class of each struct, by the key of its definition."""
    found: dict[str, ClassRef] = {}
    for key in reachable(definitions):
        module, name = module_of(key), _struct_name(definitions, key)
        found[key] = ClassRef((package, module), name, f"{module}.{name}")
    return found


def kubernetes_modules(definitions: Definitions, package: str) -> list[ModuleModel]:
    """Return one module per group and version, in order of their names."""
    structs = reachable(definitions)
    names = class_refs(definitions, package)
    homes = sorted({module_of(key) for key in [*structs, *definitions.kinds]})
    return [_module(definitions, structs, names, (package, home)) for home in homes]


def _module(
    definitions: Definitions,
    structs: Mapping[str, tuple[Field, ...]],
    names: Mapping[str, ClassRef],
    path: tuple[str, str],
) -> ModuleModel:
    home = path[1]
    kinds = [_kind(definitions, key) for key in definitions.kinds if module_of(key) == home]
    models = [
        StructModel(names[key].name, key, fields, key)
        for key, fields in structs.items()
        if module_of(key) == home
    ]
    return ModuleModel(
        path,
        definitions.address,
        tuple(sorted(kinds, key=lambda kind: kind.class_name)),
        tuple(sorted(models, key=lambda struct: struct.name)),
        names,
    )


def _kind(definitions: Definitions, key: str) -> KindModel:
    facts = definitions.kinds[key].facts
    others = (kind.facts for kind in definitions.kinds.values())
    versions = {
        other.version for other in others if (other.group, other.kind) == (facts.group, facts.kind)
    }
    return KindModel(
        facts,
        class_name(facts.kind),
        definitions.fields(key, HEAD),
        definitions.address,
        tuple(sorted(versions, key=version_rank)),
        description_of(definitions.schemas[key]),
    )
