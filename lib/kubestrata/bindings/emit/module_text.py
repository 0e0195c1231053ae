"""The Python source of one generated module."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from textwrap import wrap

from kubestrata.bindings.emit.text import docstring, heading, literal
from kubestrata.bindings.shape.model import (
    ClassRef,
    Field,
    KindModel,
    ModuleModel,
    StructModel,
    StructPlace,
)
from kubestrata.bindings.shape.name import field_names
from kubestrata.bindings.shape.type_expr import (
    JSON,
    Choice,
    ListOf,
    MapOf,
    OpenStruct,
    OrNull,
    Plain,
    ShapeRef,
    TypeExpr,
    UnionOf,
)

HOMES = {
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "TYPE_CHECKING": "typing",
    "Literal": "typing",
    "Json": "kubestrata.core.json_value",
    "JsonObject": "kubestrata.core.json_value",
    "Resource": "kubestrata.core.resource",
    "EmptyObject": "kubestrata.core.struct",
    "IntOrString": "kubestrata.core.struct",
    "Null": "kubestrata.core.struct",
    "QuantityLike": "kubestrata.core.struct",
    "Struct": "kubestrata.core.struct",
    "fixed": "kubestrata.core.struct",
    "Construct": "constructs",
    "ObjectMeta": "",
    "Open": "kubestrata.core.open_struct",
}
"""Names that generated modules import, each with its module."""
_ONLY_CHECKED = ("Construct", "ObjectMeta")
_PARAMETERS = frozenset({"self", "scope", "id", "metadata"})
_UNKNOWN = "unknown_fields"
_LONGEST_DOC = 160
_WIDTH = 88


class ModuleText:
    """Writes one module; remembers which names it has to import."""

    def __init__(self, module: ModuleModel, object_meta: str, *, descriptions: bool) -> None:
        self._module = module
        self._descriptions = descriptions
        self._object_meta = object_meta
        self._taken = {*module.exports, "fixed"}  # a field may be called so
        self._used: set[str] = set()
        self._holders: set[tuple[str, ...]] = set()

    def source(self) -> str:
        """Render the whole module."""
        body: list[str] = []
        for kind in self._module.kinds:
            body += ["", "", *self._kind(kind)]
        for struct in self._module.structs:
            body += ["", "", *self._struct(struct)]
        aliases = self._aliases()
        if aliases:
            body += ["", "", *(f"{alias} = {aliases[alias]}" for alias in sorted(aliases))]
        exported = f"__all__ = {self._module.exports!r}"
        return "\n".join([heading(self._module.source), *self._imports(), "", exported, *body, ""])

    def _aliases(self) -> dict[str, str]:
        found = {each: struct.name for struct in self._module.structs for each in struct.aliases}
        return found | {alias: self._class(ref) for alias, ref in self._module.others.items()}

    def _class(self, ref: ClassRef) -> str:
        """Render a class as an expression.

        A class of another module is reached through its package, which loads the module only when
        the expression is evaluated.
        """
        if ref.module == self._module.path:
            return ref.name
        *holder, module = ref.module
        self._holders.add(tuple(holder))
        return f"_{holder[-1]}.{module}.{ref.name}"

    def _use(self, name: str) -> str:
        """Return an imported name, under an alias if a class of this module has the same name."""
        self._used.add(name)
        return f"_{name}" if name in self._taken else name

    def _clause(self, name: str) -> str:
        return f"{name} as _{name}" if name in self._taken else name

    def _imports(self) -> Iterator[str]:
        checked = sorted(self._used.intersection(_ONLY_CHECKED))
        if checked:
            self._used.add("TYPE_CHECKING")
        homes: dict[str, list[str]] = {}
        for name in sorted(self._used.difference(_ONLY_CHECKED)):
            homes.setdefault(HOMES[name], []).append(self._clause(name))
        yield "from __future__ import annotations"
        for group in (("collections.abc", "typing"), tuple(sorted(homes))):
            lines = [
                f"from {home} import {', '.join(homes.pop(home))}"
                for home in group
                if home in homes
            ]
            yield from ["", *lines] if lines else []
        if self._holders:
            yield ""
        for *package, name in sorted(self._holders):
            yield f"from {'.'.join(('kubeapis', *package))} import {name} as _{name}"
        if checked:
            yield from ["", f"if {self._clause('TYPE_CHECKING')}:"]
            yield from (f"    {self._checked_import(name)}" for name in checked)

    def _checked_import(self, name: str) -> str:
        """Render imports for type checkers; without Kubernetes, ObjectMeta is any struct."""
        if name == "Construct":
            return f"from constructs import {self._clause(name)}"
        if self._object_meta:
            return f"from {self._object_meta} import {self._clause(name)}"
        return f"from kubestrata.core.struct import Struct as {self._use(name)}"

    def _annotation(
        self, type_: TypeExpr, place: StructPlace | None, *, shown: bool = False
    ) -> str:
        """Render the type of a field as Python, or as `shown` in docstrings."""
        match type_:
            case Plain(name):
                return self._use(name) if name in HOMES else name
            case Choice(values):
                return f"{self._use('Literal')}[{', '.join(map(literal, values))}]"
            case ListOf(item):
                return f"{self._use('Sequence')}[{self._annotation(item, place, shown=shown)}]"
            case MapOf(item):
                return f"{self._use('Mapping')}[str, {self._annotation(item, place, shown=shown)}]"
            case OpenStruct(item):
                return f"{self._use('Open')}[{self._annotation(item, place, shown=shown)}]"
            case OrNull(item):
                return f"{self._annotation(item, place, shown=shown)} | {self._use('Null')}"
            case UnionOf(items):
                return " | ".join(self._annotation(item, place, shown=shown) for item in items)
            case ShapeRef(key):
                known = self._module.placed.get((place[0], (place[1], key))) if place else None
                ref = known or self._module.names[key]
                return ref.shown if shown and ref.module != self._module.path else self._class(ref)

    def _declared(self, name: str, field: Field, place: StructPlace | None) -> str:
        inner = _inner(place, field)
        if field.fixed is not None:
            value = f"{self._use('fixed')}({literal(field.fixed)})"
            return f"{name}: {self._annotation(field.type, inner)} = {value}"
        optional = "" if field.required else " | None = None"
        type_ = OrNull(JSON) if field.type == JSON else field.type
        return f"{name}: {self._annotation(type_, inner)}{optional}"

    def _facts(
        self, names: Mapping[str, str], fields: Sequence[Field], place: StructPlace | None
    ) -> Iterator[str]:
        for field in fields:
            name = names[field.wire]
            wire = "" if name == field.wire else f" ({field.wire})"
            type_ = self._annotation(field.type, _inner(place, field), shown=True)
            if len(type_) > _LONGEST_DOC:
                type_ = f"{type_[:_LONGEST_DOC]}..."
            required = ["required"] if field.required else []
            yield f"{name}{wire}: {', '.join([type_, *required, *field.facts])}"
            if self._descriptions:
                yield from _sentences(field.description, "    ")

    def _declaration(
        self,
        name: str,
        fields: Sequence[Field],
        doc: Sequence[str],
        place: StructPlace | None,
        taken: Collection[str] = (),
        *,
        closed: bool = False,
    ) -> list[str]:
        names = field_names((field.wire for field in fields), taken)
        renamed = [
            f"{literal(names[field.wire])}: {literal(field.wire)}"
            for field in fields
            if names[field.wire] != field.wire
        ]
        rename = f", rename={{{', '.join(renamed)}}}" if renamed else ""
        options = f"kw_only=True{', forbid_unknown_fields=True' if closed else ''}{rename}"
        lines = [f"class {name}({self._use('Struct')}, {options}):"]
        if doc:
            lines += [*docstring([*doc, "", *self._facts(names, fields, place)]), ""]
        lines += [f"    {self._declared(names[field.wire], field, place)}" for field in fields]
        return lines if doc or fields else [*lines, "    pass"]

    def _struct(self, struct: StructModel) -> list[str]:
        doc = [struct.path, *_restricted(struct.restrictions)]
        return self._declaration(
            struct.name, struct.fields, doc, struct.place, closed=struct.closed
        )

    def _kind(self, kind: KindModel) -> list[str]:
        facts = kind.facts
        body = f"_{kind.class_name}Body"
        parameters = _PARAMETERS | {_UNKNOWN} if kind.open else _PARAMETERS
        names = field_names((field.wire for field in kind.fields), parameters)
        passed = ", ".join(f"{names[field.wire]}={names[field.wire]}" for field in kind.fields)
        more, last = self._unknown_fields() if kind.open else ((), "")
        place = (self._module.path, (kind.class_name,))
        return [
            f"class {kind.class_name}({self._use('Resource')}):",
            *docstring([*self._kind_doc(kind), *self._facts(names, kind.fields, place)]),
            "",
            f"    api_version = {literal(facts.api_version)}",
            f"    kind = {literal(facts.kind)}",
            f"    namespaced = {facts.namespaced}",
            "",
            "    def __init__(",
            "        self,",
            f"        scope: {self._use('Construct')},",
            "        id: str,",
            "        *,",
            f"        metadata: {self._use('ObjectMeta')} | None = None,",
            *(f"        {self._declared(names[each.wire], each, place)}," for each in kind.fields),
            *more,
            "    ) -> None:",
            f"        super().__init__(scope, id, metadata, {body}({passed}){last})",
            "",
            "",
            *self._declaration(body, kind.fields, (), place, parameters),
        ]

    def _unknown_fields(self) -> tuple[Sequence[str], str]:
        return [f"        {_UNKNOWN}: {self._use('JsonObject')} | None = None,"], f", {_UNKNOWN}"

    def _kind_doc(self, kind: KindModel) -> list[str]:
        facts = kind.facts
        scope = "namespaced" if facts.namespaced else "cluster-scoped"
        served = "" if facts.served else ", not served"
        sentences = list(_sentences(kind.description, "")) if self._descriptions else []
        return [
            f"{facts.api_version} {facts.kind}, {scope}{served}.",
            "",
            *([*sentences, ""] if sentences else []),
            f"versions: {', '.join(kind.versions)}",
            f"plural: {facts.plural}",
            f"source: {kind.source}",
            *_restricted(kind.restrictions),
            "",
        ]


def _inner(place: StructPlace | None, field: Field) -> StructPlace | None:
    """Return the location of the struct in a field."""
    return (place[0], (*place[1], field.wire)) if place else None


def _restricted(restrictions: Sequence[str]) -> list[str]:
    return ["", *restrictions] if restrictions else []


def _sentences(description: str, indent: str) -> Iterator[str]:
    """Yield a description in lines of a docstring, without empty lines."""
    for line in description.splitlines():
        for part in wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False):
            yield indent + part
