"""G22: objects that a chart looks up exist before its release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.rules.chart_results import LookedUp
from kubestrata.rules.dependency import depends_on, order_of
from kubestrata.rules.link.secret_made import made
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for identity, found in tree.charts.looked_up.items():
        release = tree.by_identity[identity]
        for each in found:
            makers = made(tree).makers.get((each.kind, each.namespace, each.name), ())
            if makers and not any(_is_before(tree, one, release) for one in makers):
                yield _finding(release, each, makers)


def _is_before(tree: ClusterTree, maker: Subject, release: Subject) -> bool:
    """Return True if an object is there when Helm renders a release."""
    if maker.chart is not None and maker.chart.release in depends_on(release):
        return True
    if maker.unit is None or release.unit is None:
        return maker.unit is None and maker.unit != release.unit
    return maker.unit != release.unit and order_of(tree).is_before(maker.unit, release.unit)


def _finding(release: Subject, each: LookedUp, makers: Sequence[Subject]) -> Finding:
    maker = makers[0]
    what = f"{each.kind} {each.namespace}/{each.name}"
    by = "" if maker.identity.kind == each.kind else f", which {maker.identity} makes"
    said = f"its chart looks up {what} while Helm renders it{by}, and nothing waits for it"
    if each.required:
        said += "; without it, rendering fails"
    unit = "the Kustomization of the release" if release.unit is None else release.unit.name
    fix = f"move {maker.identity.kind} {maker.identity.name} to one that {unit} depends on"
    severity = None if each.required else Severity.WARNING
    return release.finding("spec.values", said, fix, severity)


RULES = (
    Rule(
        "G22",
        "an object that a chart looks up exists before its release",
        "the release fails, or is installed without it and changes later",
        _check,
    ),
)
