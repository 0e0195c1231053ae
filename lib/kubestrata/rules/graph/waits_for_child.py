"""G03: a Kustomization does not depend on an object that it creates itself."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.dependency import order_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    for unit in tree.units.values():
        for index, target in enumerate(unit.depends_on):
            path = f"spec.dependsOn[{index}].name"
            child = order.first_child_before(unit.identity, target)
            if child is not None:
                name = target.name
                through = "" if child == target else f"depends on {child.name}, which "
                message = f"{name} {through}is applied by {unit.identity.name} itself"
                yield unit.subject.finding(path, message, f"remove {name} from dependsOn")


RULES = (
    Rule(
        "G03",
        "a Kustomization does not depend on an object that it creates",
        "the child is never created, so the parent never starts",
        _judge,
    ),
)
