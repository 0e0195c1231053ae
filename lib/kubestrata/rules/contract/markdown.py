"""The contract for people: a Markdown page with a list for every sort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from kubestrata.core.origin import shown
from kubestrata.rules.contract.contract import contract_of, unread
from kubestrata.rules.contract.drift import ContractDrift, Extra
from kubestrata.rules.contract.requirement import ContractEntry, Use
from kubestrata.rules.contract.sort import SORTS
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Location

_MOST_USES = 5
"""The uses of one entry that are listed; the JSON document has all."""


def page(trees: Sequence[ClusterTree]) -> str:
    """Return the page with the contracts of some clusters."""
    return "\n\n".join("\n".join(_lines(each)) for each in trees) + "\n"


def drift_page(drifts: Mapping[str, ContractDrift], files: Sequence[str]) -> str:
    """Return the page of a comparison with the files of the other side."""
    return "\n".join(_drift_lines(drifts, files)) + "\n"


def _lines(tree: ClusterTree) -> Iterator[str]:
    entries, hidden = contract_of(tree), unread(tree)
    yield f"# Contract of {_text(tree.name)}"
    if not entries:
        yield from ("", "Nothing is needed from outside.")
    for sort, several in groupby(entries, key=lambda each: each.sort):
        yield from ("", f"## {SORTS[sort].title}", "")
        for entry in several:
            yield from _entry(entry)
    if hidden:
        yield from ("", "## Not read, so that its needs are not known", "")
        yield from (
            f"- {_text(f'{each.what}: {each.why}')} {_place(each.place)}" for each in hidden
        )


def _entry(entry: ContractEntry) -> Iterator[str]:
    of = f" of {_text(entry.source)}" if entry.source else ""
    parts = ", ".join(map(_code, entry.properties))
    notes = [] if entry.certain else ["a chart may create it"]
    notes += ["optional"] if entry.optional else []
    declared = entry.declared
    if declared is not None:
        notes += [declared.type] if declared.type else []
        notes += [f"such as {_code(declared.example)}"] if declared.example else []
        notes.append(f"declared at {_place(declared.place)}")
    added = f" ({'; '.join(notes)})" if notes else ""
    yield f"- {_code(entry.name)}{of}" + (f": {parts}" if parts else "") + added
    yield from _uses(entry.uses)


def _uses(uses: Sequence[Use]) -> Iterator[str]:
    for use in uses[:_MOST_USES]:
        yield f"  - {_use(use)}"
    if len(uses) > _MOST_USES:
        yield f"  - and {len(uses) - _MOST_USES} more"


def _use(use: Use) -> str:
    return f"{_text(str(use.object))} {_code(use.path)} {_place(use.place)}"


def _place(place: Location) -> str:
    above = f", called from {place.called_from}" if place.called_from else ""
    return f"{shown(place.file)}:{place.line}{above}"


def _drift_lines(drifts: Mapping[str, ContractDrift], files: Sequence[str]) -> Iterator[str]:
    yield f"# Contract compared with {', '.join(map(_text, files))}"
    for name, drift in drifts.items():
        yield from ("", f"## {_text(name)}", "")
        if not drift.is_compared:
            yield "No file describes this cluster."
            continue
        if not drift.missing:
            yield "Everything that is needed exists."
        for each in drift.missing:
            yield f"- missing: {_text(each.message)}"
            if each.entry.declared is not None:
                yield f"  - declared at {_place(each.entry.declared.place)}"
            yield from (f"  - {_use(use)}" for use in each.uses)
        yield from _extra(drift.extra)


def _extra(extra: Iterable[Extra]) -> Iterator[str]:
    listed = list(extra)
    if listed:
        yield from ("", "Not needed:", "")
        yield from (f"- {_text(str(each))}" for each in listed)


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"


def _text(text: str) -> str:
    return text.replace("<", "&lt;")
