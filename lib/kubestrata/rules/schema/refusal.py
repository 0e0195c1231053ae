"""V16: controllers accept the values of their kinds, beyond the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.knowledge import KindSet, RefusedValues
from kubestrata.rules.api_group import HELM
from kubestrata.rules.field import known, value_at, values
from kubestrata.rules.near import near
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_VALUES = "ChartValues"
_GATE = re.compile(r"\s*[+-]?([A-Za-z0-9]+)(?:=\w+)?\s*")
_VERSION = re.compile(r"v?(\d+)\.(\d+)")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for refusal in tree.knowledge.refusals:
        if _VALUES in refusal.of:
            yield from _in_releases(tree, refusal)
            continue
        kinds = KindSet(refusal.of)
        for subject in tree.subjects:
            if (subject.identity.group, subject.identity.kind) in kinds:
                yield from _in(subject, refusal, subject.manifest, "")


def _in_releases(tree: ClusterTree, refusal: RefusedValues) -> Iterator[Finding]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        if chart is None or chart.name not in refusal.charts:
            continue
        if refusal.since and _minor(chart.version) < _minor(refusal.since):
            continue
        yield from _in(release, refusal, mapping(release.spec.get("values")), "spec.values.")


def _minor(version: str) -> tuple[int, int]:
    """Return major and minor; (0, 0) for a version that is not known."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _in(
    subject: Subject, refusal: RefusedValues, root: Mapping[str, Any], prefix: str
) -> Iterator[Finding]:
    for field in refusal.at:
        for path, value in values(root, field):
            for name, said, fix in _refused(refusal, root, value):
                at = f"{prefix}{path}{name}"
                severity = Severity.WARNING if refusal.likely else None
                yield subject.finding(at, f"{said}: {refusal.why}", fix, severity)


def _refused(
    refusal: RefusedValues, root: Mapping[str, Any], value: object
) -> Iterator[tuple[str, str, str]]:
    """Yield the end of the path, what is wrong, and the fix of each value."""
    if refusal.differs_from is not None:
        other = known(value_at(root, refusal.differs_from))
        if other and other == value:
            yield "", f"is {other!r}, as is {refusal.differs_from}", refusal.fix
    elif refusal.where:
        if value and _is_met(refusal, root):
            yield "", f"is {value!r}", refusal.fix
    else:
        for end, name in _names(value):
            accepted = refusal.accepted.get(name)
            if accepted is not None and mapping(value).get(name) == accepted:
                continue
            if name in refusal.keys:
                yield end, f"must not set {name!r}", refusal.fix
            elif refusal.known_keys and name not in refusal.known_keys:
                fix = near(name, refusal.known_keys) or refusal.fix
                yield end, f"must not set {name!r}", fix


def _is_met(refusal: RefusedValues, root: Mapping[str, Any]) -> bool:
    def text(path: str) -> str:
        return known(value_at(root, path))

    is_so = all(text(path).startswith(start) for path, start in refusal.where.items())
    return is_so and not any(part in text(path) for path, part in refusal.unless.items())


def _names(value: object) -> Iterator[tuple[str, str]]:
    """Yield the ends of the paths and the names: of keys, of options, or in a text."""
    if is_mapping(value):
        yield from ((f".{key}", str(key)) for key in value if known(str(key)))
    elif isinstance(value, str):
        for word in known(value).split(","):
            found = _GATE.fullmatch(word)
            if found is not None:
                yield "", found[1]
    else:
        for index, item in enumerate(sequence(value)):
            if str(item).startswith("-"):
                yield f"[{index}]", known(str(item).lstrip("-").partition("=")[0])


RULES = (
    Rule(
        "V16",
        "a controller accepts the values of its kinds",
        "the object is rejected, or never becomes ready",
        _check,
        in_charts=Severity.ERROR,
    ),
)
