"""S05: placeholders are replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.json_value import is_mapping
from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.placeholders import uses
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding

# Texts that programs read, and may expand themselves.
_READ_BY_PROGRAMS = re.compile(r"^(data|stringData)\.|annotations\.|\.values\.|\.env\[|\.config\.")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for unit in tree.units.values():
        named = unit.identity.group == KUSTOMIZE
        if not named or is_mapping(unit.subject.spec.get("postBuild")):
            continue
        for subject in unit.objects:
            for use in uses(subject):
                whole = use.whole and not use.foreign and _VARIABLE.fullmatch(use.name)
                if whole and not _READ_BY_PROGRAMS.search(f"{use.path}."):
                    said = f"{use.shown} is not replaced: {unit.identity.name} has no substitution"
                    yield subject.finding(use.path, said, "add a postBuild to the Kustomization")


RULES = (
    Rule(
        "S05",
        "placeholders are replaced",
        "the field is applied with the placeholder in it",
        _judge,
    ),
)
