"""R37: Terraform objects name a module of the repository, and variables that it declares."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.field_type import nearest
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_GROUP = "infra.contrib.fluxcd.io"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.of_kind(_GROUP, "Terraform"):
        path = str(subject.spec.get("path") or ".")
        if path not in tree.modules:
            continue
        declared = tree.modules[path]
        if declared is None:
            yield subject.finding("spec.path", f"the repository has no folder {path}")
            continue
        for at, name in _given(subject):
            if name not in declared:
                message = f"the module {path} declares no variable {name}"
                yield subject.finding(at, message, nearest(name, sorted(declared)) or "remove it")


def _given(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the path and the name of each variable that is passed."""
    for index, found in enumerate(sequence(subject.spec.get("vars"))):
        yield f"spec.vars[{index}].name", str(mapping(found).get("name"))
    for index, found in enumerate(sequence(subject.spec.get("varsFrom"))):
        for number, key in enumerate(sequence(mapping(found).get("varsKeys"))):
            # The key of the Secret, and behind a colon the variable, if that has another name.
            name = str(key).rpartition(":")[2]
            yield f"spec.varsFrom[{index}].varsKeys[{number}]", name


RULES = (
    Rule(
        "R37",
        "a Terraform object names a module of the repository, and variables that it declares",
        "Terraform ignores the value, or there is nothing to apply",
        _check,
        Severity.WARNING,
    ),
)
