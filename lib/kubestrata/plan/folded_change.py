"""Changes that several objects have in common, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from kubestrata.core.field_change import FieldChange
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.list_key import canonical

_INDEX = re.compile(r"\[\d+\]")
_WORD = re.compile(r"([A-Za-z0-9]+)")


class FoldedChange(Frozen):
    """One change of a field, and the objects that have it.

    With `within` the texts of the objects differ, but all of them in the same word: `before` and
    `after` are that word, and indices of the path are `[*]`.
    """

    change: FieldChange
    objects: Sequence[str]
    within: bool = False


def folded(changed: Mapping[Identity, Sequence[FieldChange]]) -> list[FoldedChange]:
    """Return each change once, those of most objects first."""
    found: dict[str, tuple[FieldChange, list[str]]] = {}
    for identity, fields in changed.items():
        for field in fields:
            key = canonical([field.path, field.verb, field.before, field.after])
            found.setdefault(key, (field, []))[1].append(str(identity))
    made = _by_word(FoldedChange(field, sorted(objects)) for field, objects in found.values())
    return sorted(made, key=lambda each: (-len(each.objects), each.objects, each.change.path))


def _by_word(changes: Iterable[FoldedChange]) -> list[FoldedChange]:
    """Return the changes, those of one word at one path in several texts as one."""
    made: list[FoldedChange] = []
    words: dict[tuple[str, str, str], list[FoldedChange]] = {}
    for each in changes:
        pair = _changed_word(each.change)
        if pair is None:
            made.append(each)
        else:
            words.setdefault((_INDEX.sub("[*]", each.change.path), *pair), []).append(each)
    for (path, before, after), alike in words.items():
        if len(alike) == 1:
            made += alike
            continue
        change = replace(alike[0].change, path=path, before=before, after=after)
        objects = sorted({name for each in alike for name in each.objects})
        made.append(FoldedChange(change, objects, within=True))
    return made


def _changed_word(change: FieldChange) -> tuple[str, str] | None:
    """Return the only word in which two texts of one line differ, None for other changes."""
    before, after = change.before, change.after
    if not isinstance(before, str) or not isinstance(after, str) or "\n" in before + after:
        return None
    one, other = _WORD.split(before), _WORD.split(after)
    if len(one) != len(other):
        return None
    pairs = [*{pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]}]
    is_word = len(pairs) == 1 and all(_WORD.fullmatch(word) for word in pairs[0])
    return pairs[0] if is_word else None
