"""Choice of verdicts for verdicts.json, from the complete files.

Usage: python -m tests.server.record [--misses]

`--misses` writes instead, by kind, field and change, the verdicts with which V rules disagree.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from kubestrata.core.api_scope import is_built_in
from kubestrata.core.identity import group_of
from kubestrata.core.json_value import Manifest, mapping
from tests.server.change import change_between, common
from tests.server.verdict import (
    FULL,
    RECORDED,
    Figures,
    Recorded,
    Row,
    Verdict,
    findings,
    rows,
)

FILES = ("built-in-kinds", "own-objects")
_LEAST = 4
"""Verdicts for which an object is worth recording."""
LONGEST = 3_000
"""Characters of an object, or of a value, that is worth recording."""
_Key: TypeAlias = tuple[str, ...]
_REASON = re.compile(r"^.*? is invalid: ")


def _kind(manifest: Manifest) -> tuple[str, str]:
    return group_of(str(manifest.get("apiVersion"))), str(manifest.get("kind"))


def _field(path: Iterable[str | int]) -> str:
    return ".".join("[]" if isinstance(step, int) else step for step in path)


def _length(value: object) -> int:
    return len(msgspec.json.encode(value))


def _objects(found: Sequence[Row]) -> dict[_Key, list[Row]]:
    by_name: dict[_Key, list[Row]] = defaultdict(list)
    for row in found:
        metadata = mapping(row.object.get("metadata"))
        if is_built_in(_kind(row.object)[0]) and row.path != "metadata.name":
            by_name[*_kind(row.object), str(metadata.get("name"))].append(row)
    return {name: each for name, each in by_name.items() if len(each) > 2}


def chosen(found: Sequence[Row]) -> Recorded:
    """Return one verdict for each field and sort of change, of as few objects as possible."""
    bases: dict[_Key, Manifest] = {}
    verdicts: dict[_Key, dict[_Key, tuple[Row, Any]]] = {}
    for name, group in _objects(found).items():
        base = common([row.object for row in group])
        if _length(base) > LONGEST or base.get("data") or findings(base):
            continue
        bases[name], verdicts[name] = base, {}
        for row in group:
            change = change_between(base, row.object)
            if change is not None and change.path and _length(change) < LONGEST:
                key = (name[1], _field(change.path), row.changed, str(row.accepted))
                verdicts[name].setdefault(key, (row, change))
    covered: set[_Key] = set()
    objects: list[Manifest] = []
    kept: list[Verdict] = []
    while verdicts:
        name = max(verdicts, key=lambda each: len(verdicts[each].keys() - covered))
        fresh = {key: each for key, each in verdicts.pop(name).items() if key not in covered}
        if len(fresh) < _LEAST:
            break
        covered |= set(fresh)
        for row, change in fresh.values():
            reason = _REASON.sub("", row.server)[:120]
            kept.append(Verdict(len(objects), change, row.accepted, reason))
        objects.append(bases[name])
    return Recorded(tuple(objects), tuple(kept))


def _write(content: Recorded) -> None:
    objects = b",\n".join(map(msgspec.json.encode, content.objects))
    verdicts = b",\n".join(map(msgspec.json.encode, content.verdicts))
    text = b'{"objects":[\n%s\n],\n"verdicts":[\n%s\n]}\n' % (objects, verdicts)
    RECORDED.write_bytes(text)


def figures(found: Iterable[Row]) -> tuple[Figures, Mapping[_Key, int]]:
    """Return the figures of some rows, and the disagreements: by kind, field and change."""
    total: Counter[tuple[bool, bool]] = Counter()
    different: Counter[_Key] = Counter()
    for row in found:
        told = findings(row.object)
        total[row.accepted, bool(told)] += 1
        if row.accepted == bool(told):
            field = re.sub(r"\.\d+\b", "[]", row.path)
            said = row.server or "; ".join(f"{each.path}: {each.message}" for each in told)
            what = "refused" if row.accepted else "missed"
            different[what, *_kind(row.object), field, row.changed, _REASON.sub("", said)] += 1
    refused = total[False, True] + total[False, False]
    accepted = total[True, True] + total[True, False]
    return Figures(refused, total[False, True], accepted, total[True, True]), different


def main(arguments: Sequence[str]) -> None:
    """Write the choice, or print the disagreements."""
    if arguments[:1] != ["--misses"]:
        every = [row for name in FILES for row in rows(FULL / f"{name}.jsonl.gz")]
        _write(chosen(every))
        return
    for name in FILES:
        result, different = figures(rows(FULL / f"{name}.jsonl.gz"))
        lines = [f"  {count} {' | '.join(key)}"[:300] for key, count in sorted(different.items())]
        sys.stdout.write("\n".join([f"{name}: {result}", *lines, ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
