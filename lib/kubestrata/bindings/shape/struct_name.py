"""Class names of structs: one for each path that leads to a struct, all of the same class.

The names in a kind depend on that kind alone, so that no other source changes their meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from kubestrata.bindings.shape.model import Path, PathKey, StructModel, StructPlace
from kubestrata.bindings.shape.name import Numbered, path_name
from kubestrata.bindings.shape.shape import Shape
from kubestrata.core.frozen import Frozen

LONGEST = 80
_Owner = TypeVar("_Owner", bound=Hashable)


def ranked(path: Path) -> tuple[int, str, Path]:
    """Return the order in which paths give their names: the shortest name first."""
    name = path_name(path[0], path[1:])
    return len(name), name, path


def distinct(
    candidates: Mapping[_Owner, Sequence[str]], taken: Collection[str] = ()
) -> dict[_Owner, str]:
    """Return for each owner its first candidate that no other owner has.

    More owners only take names away: a name never changes hands. An owner of which every
    candidate is taken is left out.
    """
    claims = Counter(name for names in candidates.values() for name in {*names})
    found = {
        owner: next((name for name in names if claims[name] == 1 and name not in taken), "")
        for owner, names in candidates.items()
    }
    return {owner: name for owner, name in found.items() if name}


def path_names(
    paths: Iterable[PathKey], taken: Collection[str] = ()
) -> dict[PathKey, tuple[str, ...]]:
    """Return the names of the structs in one kind by path, the preferred one first.

    A name of more than 80 characters has a short form in front of it: the kind, an underscore
    (which no other name has), and as many of the last fields as make it unique, or one field that
    does and the last.
    """
    given = Numbered(taken, "")
    ordered = sorted({*paths}, key=lambda each: (ranked(each[0]), each[1]))
    full = {each: given.unique(_free(each[0], given.used)) for each in ordered}
    tails = {each: _tails(each[0]) for each, name in full.items() if len(name) > LONGEST}
    short = distinct(tails, given.used)
    return {each: (short[each], name) if each in short else (name,) for each, name in full.items()}


def _free(path: Path, used: Collection[str]) -> str:
    """Return the name of a path; if another path has it, an underscore precedes its fields."""
    name = ranked(path)[1]
    if name not in used:
        return name
    parted = (
        f"{path_name(path[0], path[1:start])}_{path_name('', path[start:])}"
        for start in range(len(path) - 1, 0, -1)
    )
    return next((each for each in parted if each not in used), name)


def _tails(path: Path) -> list[str]:
    """Return short names for a path: its last fields, or one of the others and the last."""
    before = range(len(path) - 2, 0, -1)
    ends = [f"{path[0]}_{path_name('', path[start:])}" for start in before]
    last = path_name("", path[-1:])
    pairs = [f"{path[0]}_{path_name('', path[at : at + 1])}_{last}" for at in before]
    return [name for name in (*ends, *pairs) if len(name) <= LONGEST]


class NamedPlace(Frozen):
    """A location of a struct and its names in the module that declares the struct."""

    place: StructPlace
    names: tuple[str, ...]


def struct_model(shape: Shape, named: Sequence[NamedPlace], wheres: Iterable[Path]) -> StructModel:
    """Return the model of a struct, named after its most common last field, then the shortest.

    `wheres` are all paths that lead to it, also those that name it in other modules.
    """
    count = Counter(path[-1] for path in wheres)

    def rank(each: NamedPlace) -> tuple[bool, int, int, str, StructPlace]:
        name, path = each.names[0], each.place[1]
        return len(path) > 1, -count[path[-1]], len(name), name, each.place

    best = min(named, key=rank)
    name = best.names[0]
    aliases = sorted({each for one in named for each in one.names} - {name})
    more = count.total() - 1
    others = f" and {more} more place{'s' * (more > 1)}" if more else ""
    return StructModel(
        name,
        ".".join(best.place[1]) + others,
        shape.fields,
        shape.key,
        tuple(aliases),
        restrictions=shape.restrictions,
        place=best.place,
    )
