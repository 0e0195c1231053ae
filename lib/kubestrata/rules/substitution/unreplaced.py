"""S05: placeholders are replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.rules.checked_object import checked_objects
from kubestrata.rules.field import mapping_at
from kubestrata.rules.placeholders import is_unreplaced, unreplaced_at, unsubstituted, uses
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

# Texts that programs read, and may expand themselves.
_READ_BY_PROGRAMS = re.compile(r"^(data|stringData)\.|annotations\.|\.values\.|\.env\[|\.config\.")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_IMAGE = re.compile(r"(^|\.)(initContainers|containers|ephemeralContainers)\[\d+\]\.image$")
_NAME = re.compile(r"^metadata\.(name|namespace)$")
"""Fields that V05 refuses with the placeholder in them."""
_FIX = "add a postBuild to the Kustomization"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    refused: set[tuple[int, str]] = set()
    for checked in checked_objects(tree):
        subject = checked.subject
        for fault in checked.verdict.faults:
            if is_unreplaced(tree, subject, fault.path):
                refused.add((id(subject), fault.path))
                text = "the value" if subject.is_secret else unreplaced_at(subject, fault.path)
                name = "" if subject.unit is None else subject.unit.name
                message = f"{text} is not replaced, as {name} has no substitution: {fault.message}"
                yield subject.finding(fault.path, message, _FIX)
    for unit, subject in unsubstituted(tree):
        own = _own(tree, subject)
        for use in uses(subject):
            is_image = bool(_IMAGE.search(use.path))
            whole = use.whole and not use.foreign and _VARIABLE.fullmatch(use.name)
            if (id(subject), use.path) in refused or use.name in own:
                continue
            named = is_image or _NAME.match(use.path)
            if named or (whole and not _READ_BY_PROGRAMS.search(f"{use.path}.")):
                said = f"{use.shown} is not replaced: {unit.identity.name} has no substitution"
                yield subject.finding(use.path, said, _FIX, None if is_image else Severity.WARNING)


def _own(tree: ClusterTree, subject: Subject) -> Mapping[str, Any]:
    """Return the placeholders that the controller of an object replaces, by name."""
    path = tree.knowledge.placeholders.get((subject.identity.group, subject.identity.kind))
    return mapping_at(subject.manifest, path) if path else {}


RULES = (
    Rule(
        "S05",
        "placeholders are replaced",
        "the field is applied with the placeholder in it",
        _check,
    ),
)
