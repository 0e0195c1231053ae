"""G13: a patch matches an object."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for each in tree.listed:
        if each.problem == "unmatched":
            message = f"the patch matches no object with {each.entry}"
            yield Finding(
                each.by, each.place, each.path, message, "correct the target, or remove it"
            )


RULE = Rule(
    "G13",
    "a patch matches an object",
    "the patch has no effect",
    _judge,
)
