"""X02: encrypted files are named *.enc.yaml, and decrypted where they are applied."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_NAMED = re.compile(r"(^|[.-])(enc|sops|encrypted)(\.[a-z]+)?\.ya?ml$")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        name = subject.file.rpartition("/")[2]
        named = bool(_NAMED.search(name))
        if subject.encrypted:
            if name and not named:
                message = f"is encrypted, but the name of {name} does not end in .enc.yaml"
                stem = name.rpartition(".")[0]
                fix = f"rename the file to {stem}.enc.yaml"
                yield subject.finding("", message, fix, Severity.NOTE)
            yield from _decrypted(tree, subject)
        elif named and subject.unit is not None:
            message = f"is in plain text, but its file is named {name}"
            severity = None if subject.is_secret else Severity.WARNING
            fix = f"run sops encrypt --in-place {name}"
            yield subject.finding("", message, fix, severity)


def _decrypted(tree: ClusterTree, subject: Subject) -> Iterator[Finding]:
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    if unit is None or unit.identity.kind != "Kustomization":
        return
    if not _decrypts(unit.subject):
        message = f"Kustomization {unit.identity.name} applies it without decrypting it"
        severity = None
        if _decrypts(tree.by_identity.get(unit.identity)):
            message += ", until it has patched itself"
            severity = Severity.WARNING
        fix = f"add spec.decryption to {unit.identity.name}"
        yield subject.finding("", message, fix, severity)


def _decrypts(unit: Subject | None) -> bool:
    return unit is not None and mapping(unit.spec.get("decryption")).get("provider") == "sops"


RULES = (
    Rule(
        "X02",
        "a SOPS file is encrypted, named *.enc.yaml, and decrypted by the Kustomization that "
        "applies it",
        "the cluster gets ciphertext, or the repository plain text",
        _check,
    ),
)
