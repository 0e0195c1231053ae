"""G03: a unit does not wait for what it creates itself."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.dependency import Order, ancestors
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    order = Order(tree)
    for unit in tree.units.values():
        for index, target in enumerate(unit.depends_on):
            path = f"spec.dependsOn[{index}].name"
            own = [
                each
                for each in (target, *sorted(order.before(target)))
                if unit.identity in ancestors(tree, each)
            ]
            if own:
                name, child = target.name, own[0].name
                through = "" if own[0] == target else f"waits for {child}, which "
                message = f"{name} {through}is applied by {unit.identity.name} itself"
                yield unit.subject.finding(path, message, f"remove {name} from dependsOn")


RULE = Rule(
    "G03",
    "a parent does not wait for what it creates",
    "the child never appears, so the parent never starts",
    _judge,
)
