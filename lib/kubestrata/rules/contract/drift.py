"""The comparison of a contract with what exists on the other side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kubestrata.core.alike import alike
from kubestrata.core.frozen import Frozen
from kubestrata.rules.contract.contract import contract_of
from kubestrata.rules.contract.requirement import ContractEntry, Use
from kubestrata.rules.contract.sort import DEFAULT, SORTS, VARIABLE
from kubestrata.rules.counterpart import Counterpart
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Location

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_NAMES: Mapping[str, str] = {
    "store-key": "key",
    "variable": "variable",
    "secret": "Secret",
    "config-map": "ConfigMap",
}


class Missing(Frozen):
    """A need that the other side does not satisfy, with the fields that have it."""

    entry: ContractEntry
    message: str
    fix: str
    uses: tuple[Use, ...]
    part: str = ""

    @property
    def place(self) -> Location:
        """Return the line of the first use, or of the declaration."""
        if self.uses:
            return self.uses[0].place
        declared = self.entry.declared
        return declared.place if declared is not None else Location("", 1)


class Extra(NamedTuple):
    """An entry of the other side that is not needed."""

    sort: str
    name: str

    def __str__(self) -> str:
        return f"{named(self.sort)} {self.name}"


class ContractDrift(Frozen):
    """The entries that the other side of one cluster lacks, and those that are not needed there.

    It is not compared if no file describes the cluster.
    """

    missing: Sequence[Missing]
    extra: Sequence[Extra]
    is_compared: bool = True


_Known = Mapping[str, Mapping[str, frozenset[str] | None]]


def drift_of(tree: ClusterTree) -> ContractDrift:
    """Return the drift between a cluster and the files of its other side."""
    files = [each for each in tree.counterparts if each.describes(tree.name)]
    known = _merged(files)
    unusable = {name: kind for each in files for name, kind in each.unusable.items()}
    entries = [each for each in contract_of(tree) if each.sort in known]
    missing = [one for each in entries for one in _missing(each, known[each.sort], unusable)]
    return ContractDrift(missing, list(_extra(entries, known)), is_compared=bool(files))


def _merged(files: Iterable[Counterpart]) -> _Known:
    """Return the names of several files; of two lists of properties each holds."""
    found: dict[str, dict[str, frozenset[str] | None]] = {}
    for each in files:
        for sort, names in each.names.items():
            own = found.setdefault(sort, {})
            for name, properties in names.items():
                before = own.get(name, frozenset())
                both = before is not None and properties is not None
                own[name] = (before or frozenset()) | (properties or frozenset()) if both else None
    return found


def _missing(
    entry: ContractEntry, known: Mapping[str, frozenset[str] | None], unusable: Mapping[str, str]
) -> Iterator[Missing]:
    if not entry.certain or entry.optional or entry.name == DEFAULT:
        return
    matching = _matching(entry.name, known)
    what = f"{named(entry.sort)} {entry.name}"
    if not matching:
        fix = _fix(entry.name, known)
        yield Missing(entry, f"{what} does not exist outside", fix, entry.uses)
        return
    if entry.sort == VARIABLE and entry.name in unusable:
        why = f"{what} is not text outside, but of type {unusable[entry.name]}"
        yield Missing(entry, why, "", entry.uses)
    listed = [properties for name in matching if (properties := known[name]) is not None]
    if len(listed) < len(matching):
        return
    exist = frozenset[str]().union(*listed)
    for name, uses in entry.properties.items():
        if not _matching(name, dict.fromkeys(exist)):
            fix = _fix(name, exist)
            why = f"{what} has no {name} outside"
            yield Missing(entry, why, fix, uses, name)


def _fix(name: str, known: Iterable[str]) -> str:
    near = alike(name, sorted(known))
    return f"write {near[0]}" if near else ""


def named(sort: str) -> str:
    """Return the word for an entry of a sort in a message."""
    return _NAMES.get(sort, sort.replace("-", " "))


def _matching(name: str, known: Mapping[str, object]) -> Sequence[str]:
    """Return the names that a name may have once its variables are replaced."""
    if name in known:
        return [name]
    if "${" not in name:
        return []
    pattern = re.compile(".+".join(map(re.escape, _VARIABLE.split(name))))
    return [each for each in known if pattern.fullmatch(each)]


def _extra(entries: Sequence[ContractEntry], known: _Known) -> Iterator[Extra]:
    for sort in (each for each in SORTS if each in known):
        used = {
            name
            for each in entries
            if each.sort == sort
            for name in _matching(each.name, known[sort])
        }
        yield from (Extra(sort, name) for name in sorted(known[sort]) if name not in used)
