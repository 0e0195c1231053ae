"""Composites whose Compositions are in the tree: the names that their objects may have.

A Composition names what it makes after its composite, or writes the name in its own text; a name
may also be in a field of the composite. Compositions of packages, and those with templates from
elsewhere, may make anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import CROSSPLANE
from kubestrata.rules.field import mapping_at
from kubestrata.rules.subject import ClusterTree, Subject

_ELSEWHERE = ("oci://", "git::", "git@", "http://", "https://")


class Composed(Frozen):
    """The objects of one composite: the name that they begin with, and other names of theirs."""

    name: str
    own_texts: frozenset[str]
    composition: str

    def may_be(self, name: str) -> bool:
        """Return True if the Composition may make an object of this name."""
        return self.name in name or name in self.own_texts or name in self.composition


def composed_of(tree: ClusterTree, composite: Subject) -> Composed | None:
    """Return what is known of a composite's objects, None if they may have any name."""
    kind = composite.identity.group, composite.identity.kind
    text = tree.once(_texts_of_compositions).get(kind)
    name = composite.identity.name
    if not text or "${" in name:
        return None
    return Composed(name, frozenset(_texts(composite.spec)), text)


def _texts_of_compositions(tree: ClusterTree) -> Mapping[tuple[str, str], str]:
    """Return the text of all Compositions of a kind, '' if one cannot be read."""
    found: dict[tuple[str, str], str] = {}
    readable = tuple(name for name, each in tree.knowledge.packages.items() if each.readable)
    for each in tree.of_kind(CROSSPLANE, "Composition"):
        of = mapping(each.spec.get("compositeTypeRef"))
        kind = str(of.get("apiVersion")).partition("/")[0], str(of.get("kind"))
        before = found.get(kind, "\n")
        found[kind] = f"{before}\n{_text(each)}" if before and _is_readable(each, readable) else ""
    return found


def _text(composition: Subject) -> str:
    return "\n".join(_texts(composition.spec))


def _is_readable(composition: Subject, readable: tuple[str, ...]) -> bool:
    """Return True if the text of a Composition has all that it makes.

    `readable` are the functions that make what their input says, as the ends of names.
    """
    for step in map(mapping, sequence(composition.spec.get("pipeline"))):
        function = str(mapping(step.get("functionRef")).get("name"))
        source = mapping_at(step, "input.spec").get("source")
        place = mapping(step.get("input")).get("source", "Inline")
        if not function.endswith(readable) or place != "Inline":
            return False
        if isinstance(source, str) and source.strip().startswith(_ELSEWHERE):
            return False
    return not composition.is_open


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in (*mapping(value).values(), *sequence(value)):
        yield from _texts(each)
