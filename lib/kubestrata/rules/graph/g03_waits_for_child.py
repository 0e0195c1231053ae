"""G03: a unit does not wait for what it creates itself."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.dependency import ancestors
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for unit in tree.units.values():
        for index, target in enumerate(unit.depends_on):
            if unit.identity in ancestors(tree, target):
                yield unit.subject.finding(
                    f"spec.dependsOn[{index}].name",
                    f"{target.name} is applied by {unit.identity.name} itself, so neither starts",
                    f"remove {target.name} from dependsOn",
                )


RULE = Rule(
    "G03",
    "a parent does not wait for what it creates",
    "the child never appears, so the parent never starts",
    _judge,
)
