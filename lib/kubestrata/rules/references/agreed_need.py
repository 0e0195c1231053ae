"""R18: what the tree needs from outside exists in the files of the other side."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.contract.drift import Missing, drift_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _check(tree: ClusterTree) -> Iterator[Finding]:
    if tree.counterparts:
        for missing in drift_of(tree).missing:
            yield _finding(missing)


def _finding(missing: Missing) -> Finding:
    """Return the finding at the first use, or at the declaration if nothing uses it."""
    message, uses = missing.message, missing.uses
    if len(uses) > 1:
        more = len(uses) - 1
        message += f"; {more} more field needs it" if more == 1 else f"; {more} more fields need it"
    if uses:
        return Finding(uses[0].object, uses[0].place, uses[0].path, message, missing.fix)
    place = missing.place
    return Finding(Identity("", "File", "", place.file), place, "", message, missing.fix)


RULES = (
    Rule(
        "R18",
        "what the tree needs from outside exists in the files of the other side",
        "the object that needs it fails once it is applied",
        _check,
    ),
)
