"""Typed patches of plain objects: only the fields that a patch changes are written."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from kubestrata.constructs.manifest.manifest_file import FileObject
from kubestrata.core.bindings_path import PACKAGE, binding_folders
from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import Manifest, is_list, is_mapping
from kubestrata.core.origin import Origin
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference
from kubestrata.core.render import render, restore

_ABSENT = object()


class TypedChange:
    """A typed patch on its way over plain objects, with the references that it adds."""

    def __init__(self, patch: TypedPatch[Any]) -> None:
        self._patch = patch
        self.is_used = False

    def apply(self, found: FileObject) -> list[Reference]:
        """Change every part of the patch's type in an object; raises InvalidValue."""
        references: list[Reference] = []
        for key, body in _bodies(found.manifest):
            if not _holds(body, self._patch.part):
                continue
            whole = found.manifest if key is None else found.manifest.get(key)
            if is_mapping(whole):
                changed = self._walk(whole, body, found, references, key or "")
                found.manifest = changed if key is None else {**found.manifest, key: changed}
        return references

    def _walk(
        self, value: Any, kind: Any, found: FileObject, references: list[Reference], field: str
    ) -> Any:
        """Return a value of a type with the changes, inner parts first."""
        struct, inner = _parts_of(kind)
        if is_mapping(value) and struct is not None:
            made = dict(value)
            for each in msgspec.structs.fields(struct):
                if each.encode_name in made and _holds(each.type, self._patch.part):
                    below = f"{field}.{each.encode_name}"
                    part = made[each.encode_name]
                    made[each.encode_name] = self._walk(part, each.type, found, references, below)
            return self._changed(made, found, references, field) if self._is_part(struct) else made
        if is_list(value) and inner is not None:
            numbered = enumerate(value)
            return [
                self._walk(each, inner, found, references, f"{field}[{at}]")
                for at, each in numbered
            ]
        if is_mapping(value) and inner is not None:
            return {
                key: self._walk(each, inner, found, references, f"{field}.{key}")
                for key, each in value.items()
            }
        return value

    def _is_part(self, struct: type[msgspec.Struct]) -> bool:
        return struct is self._patch.part

    def _changed(
        self, value: Manifest, found: FileObject, references: list[Reference], field: str
    ) -> Manifest:
        part, origin = self._patch.part, self._patch.origin
        what = f"{found.manifest['kind']}.{field.lstrip('.')}"
        try:
            before: msgspec.Struct = msgspec.convert(value, part, dec_hook=restore)
        except msgspec.ValidationError as error:
            why = f"at {found.place} does not fit {part.__name__}: {error}"
            raise InvalidValue(what, why, "use Patch.merge for it", where=origin) from None
        after = self._patch.change(before)
        if type(after) is not part:
            why = f"gives a {type(after).__name__}"
            raise InvalidValue(repr(self._patch), why, f"return a {part.__name__}", where=origin)
        self.is_used = True
        plain, more = render(after, origin, what)
        references += more
        made = _overlaid(value, render(before, origin, what)[0], plain)
        return made if is_mapping(made) else value


def _overlaid(value: Any, before: Any, after: Any) -> Any:
    """Return a value with the differences of two typed readings of it."""
    if before == after:
        return value
    if is_mapping(value) and is_mapping(before) and is_mapping(after):
        made = dict(value)
        for key in [*before, *(each for each in after if each not in before)]:
            if key not in after:
                made.pop(key, None)
            elif before.get(key, _ABSENT) != after[key]:
                made[key] = _overlaid(value.get(key), before.get(key), after[key])
        return made
    same = is_list(value) and is_list(before) and is_list(after)
    if same and len(value) == len(before) == len(after):
        return [_overlaid(*each) for each in zip(value, before, after, strict=True)]
    return after


def _bodies(manifest: Manifest) -> Iterator[tuple[str | None, type[msgspec.Struct]]]:
    """Yield the struct of an object's metadata, and that of its body, if its kind is bound."""
    meta: object = getattr(import_module(f"{PACKAGE}.k8s"), "ObjectMeta", None)
    if isinstance(meta, type) and issubclass(meta, msgspec.Struct):
        yield "metadata", meta
    module = _modules().get((manifest["apiVersion"], manifest["kind"]))
    if module is not None:
        # Generated kinds have their body beside them, under this name.
        found: object = getattr(import_module(module), f"_{manifest['kind']}Body", None)
        if isinstance(found, type) and issubclass(found, msgspec.Struct):
            yield None, found


@cache
def _modules() -> dict[tuple[str, str], str]:
    """Return the modules of all bound kinds, those of a project first."""
    found: dict[tuple[str, str], str] = {}
    from kubestrata.bindings import read_index  # noqa: PLC0415  # only for patches

    for folder in binding_folders():
        for each in read_index(folder) if (folder / "_index.json").exists() else ():
            version = f"{each.group}/{each.version}" if each.group else each.version
            found.setdefault((version, each.kind), f"{PACKAGE}.{each.module}")
    return found


def _parts_of(kind: Any) -> tuple[type[msgspec.Struct] | None, Any]:
    """Return the struct that a type is or admits, and the type of its items or values."""
    struct: type[msgspec.Struct] | None = None
    inner: Any = None
    for each in _alternatives(kind):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            struct = struct or each
        elif arguments := typing.get_args(each):
            inner = arguments[-1]
    return struct, inner


def _alternatives(kind: Any) -> tuple[Any, ...]:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _alternatives(typing.get_args(kind)[0])
    if origin is typing.Union or type(kind).__name__ == "UnionType":
        return tuple(one for each in typing.get_args(kind) for one in _alternatives(each))
    return (kind,)


@cache
def _reachable(struct: type[msgspec.Struct]) -> frozenset[type[msgspec.Struct]]:
    """Return the structs that a struct may hold at any depth, with itself."""
    found: set[type[msgspec.Struct]] = set()
    pending: list[Any] = [struct]
    while pending:
        one, inner = _parts_of(pending.pop())
        pending += [inner] if inner is not None else []
        if one is not None and one not in found:
            found.add(one)
            pending += [each.type for each in msgspec.structs.fields(one)]
    return frozenset(found)


def _holds(kind: Any, part: type[Any]) -> bool:
    struct, inner = _parts_of(kind)
    within = struct is not None and part in _reachable(struct)
    return within or (inner is not None and _holds(inner, part))


def apply_typed(patch: TypedPatch[Any], found: list[FileObject], origin: Origin) -> list[Reference]:
    """Apply a patch to all objects; raises InvalidValue if it matches nothing in them."""
    change = TypedChange(patch)
    references = [each for one in found for each in change.apply(one)]
    if not change.is_used:
        why = f"matches nothing in the objects of {origin.path}"
        raise InvalidValue(repr(patch), why, "remove it, or name another part", where=patch.origin)
    return references
