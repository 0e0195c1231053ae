"""S03: a declared variable is used."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.placeholders import substituted, uses
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Unit
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    used: dict[Identity, set[str]] = {}
    for unit, subject in substituted(tree):
        used.setdefault(unit.identity, set()).update(use.name for use in uses(subject))
    sources: dict[Identity, list[Unit]] = {}
    for unit in tree.units.values():
        build = mapping(unit.subject.spec.get("postBuild"))
        for name in mapping(build.get("substitute")):
            if unit.complete and name not in used.get(unit.identity, ()):
                path = f"spec.postBuild.substitute.{name}"
                yield unit.subject.finding(path, f"nothing uses {name}", "remove it")
        for entry in map(mapping, sequence(build.get("substituteFrom"))):
            kind, name = str(entry.get("kind", "")), str(entry.get("name", ""))
            source = Identity("", kind, unit.subject.namespace, name)
            sources.setdefault(source, []).append(unit)
    for source, units in sources.items():
        yield from _source(tree, source, units, used)


def _source(
    tree: ClusterTree, source: Identity, units: list[Unit], used: dict[Identity, set[str]]
) -> Iterator[Finding]:
    subject = tree.by_identity.get(source)
    if subject is None or not all(unit.complete for unit in units):
        return
    found = set[str]().union(*(used.get(unit.identity, set[str]()) for unit in units))
    for field in ("data", "stringData"):
        for key in mapping(subject.manifest.get(field)):
            if key not in found:
                who = ", ".join(sorted(unit.identity.name for unit in units)[:3])
                message = f"no Kustomization that substitutes from it uses {key} ({who})"
                yield subject.finding(f"{field}.{key}", message, "remove it")


RULES = (
    Rule(
        "S03",
        "a declared variable is used",
        "it looks like configuration, but has no effect",
        _check,
        severity=Severity.NOTE,
    ),
)
