"""G07: every file is reachable from the sync root."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for place in tree.orphans:
        folder, _, name = place.file.rpartition("/")
        message = "no Kustomization applies it"
        fix = f"list {name} in {folder or '.'}/kustomization.yaml, or remove it"
        yield Finding(Identity("", "File", "", place.file), place, "", message, fix)


RULE = Rule(
    "G07",
    "every file is reachable from the sync root",
    "it is not applied to any cluster",
    _judge,
)
