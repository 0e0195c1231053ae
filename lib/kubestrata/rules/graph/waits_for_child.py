"""G03: a Kustomization does not depend on an object that it creates itself."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.dependency import order_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unit
from kubestrata.rules.violation import Finding


def _check(tree: ClusterTree) -> Iterator[Finding]:
    order = order_of(tree)
    for unit in tree.units.values():
        for index, target in enumerate(unit.depends_on):
            path = f"spec.dependsOn[{index}].name"
            child = order.first_child_before(unit.identity, target)
            if child is not None and not _is_bootstrapped(tree, unit, child):
                name = target.name
                through = "" if child == target else f"depends on {child.name}, which "
                message = f"{name} {through}is applied by {unit.identity.name} itself"
                yield unit.subject.finding(path, message, f"remove {name} from dependsOn")


def _is_bootstrapped(tree: ClusterTree, unit: Unit, child: Identity) -> bool:
    """Return True if a folder of its own has a sync root and a child: a bootstrap applies both."""
    folders = {_folder(tree.units[each].subject.file) for each in (unit.identity, child)}
    applied = str(unit.subject.spec.get("path", "")).removeprefix("./").strip("/")
    is_root = unit.parent is None or unit.parent == unit.identity
    is_own = any(f"/{applied}".endswith(f"/{each}") for each in folders)
    return is_root and len(folders) == 1 and not is_own


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


RULES = (
    Rule(
        "G03",
        "a Kustomization does not depend on an object that it creates",
        "the child is never created, so the parent never starts",
        _check,
    ),
)
