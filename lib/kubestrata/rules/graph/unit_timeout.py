"""G30: a Kustomization waits as long as its releases may take."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM
from kubestrata.rules.dependency import awaits
from kubestrata.rules.duration import seconds_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, Unit
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for unit in tree.units.values():
        if unit.subject.identity.kind != "Kustomization":
            continue
        patience = seconds_of(unit.subject.spec.get("timeout"))
        if patience is None:
            continue
        slowest = max(
            ((*_longest(each), each) for each in unit.objects if _is_awaited(unit, each)),
            key=lambda found: found[0],
            default=None,
        )
        if slowest is not None and slowest[0] > patience:
            _, text, release = slowest
            message = f"is {unit.subject.spec['timeout']}, but HelmRelease {release.identity.name} "
            message += f"may take {text}"
            yield unit.subject.finding("spec.timeout", message, f"set {text} or more")


def _is_awaited(unit: Unit, subject: Subject) -> bool:
    is_release = (subject.identity.group, subject.identity.kind) == (HELM, "HelmRelease")
    return is_release and subject.chart is None and awaits(unit, subject)


def _longest(release: Subject) -> tuple[float, str]:
    """Return the longest timeout of an action that is set, and its text."""
    spec = release.spec
    texts = [spec.get("timeout"), *(mapping(spec.get(each)).get("timeout") for each in _ACTIONS)]
    found = [(seconds_of(text) or 0.0, str(text)) for text in texts if text is not None]
    return max(found, default=(0.0, ""))


_ACTIONS = ("install", "upgrade")
RULES = (
    Rule(
        "G30",
        "a Kustomization waits as long as its releases may take",
        "it fails while the release is still being installed, and what depends on it waits longer",
        _check,
        Severity.WARNING,
    ),
)
