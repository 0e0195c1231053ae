"""Assertions about the findings of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from kubestrata.core.alike import alike
from kubestrata.rules.engine import OF_THE_CHECK
from kubestrata.rules.rule import ids_by_name
from kubestrata.rules.settings import Settings
from kubestrata.rules.violation import Severity, Violation
from kubestrata.synth.check import check_trees
from kubestrata.synth.config_file import settings_in
from kubestrata.testing.rendered_tree import RenderedTree
from kubestrata.testing.tree_object import TreeObject

_OF_THE_CHECK = frozenset(each.id for each in OF_THE_CHECK)
Profile = Literal["baseline", "restricted"]


def findings(
    rendered: RenderedTree, *, profile: Profile | None = None, config: Path | None = None
) -> list[Violation]:
    """Return the findings about the rendered objects; waivers apply as in `kubestrata check`.

    `config` is a folder with a cdk8s.yaml, whose settings and own rules are used. `profile` is
    by default that of the settings.
    """
    settings = _settings(config)
    settings = settings if profile is None else replace(settings, profile=profile)
    (report,) = check_trees([rendered.tree], settings, rendered.waivers)
    ours = {each.identity for each in rendered.objects}
    ours |= {
        each.unit
        for each in rendered.tree.subjects
        if each.identity in ours and each.unit is not None
    }
    return [
        each
        for each in report.violations
        if each.finding.object in ours or each.rule in _OF_THE_CHECK
    ]


def assert_finding(
    rendered: RenderedTree,
    rule: str,
    target: TreeObject | str,
    *,
    path: str | None = None,
    config: Path | None = None,
) -> Violation:
    """Return the finding of a rule about an object, such as `Deployment/web`.

    `path` is the field, if only one is meant. Raises AssertionError with the findings that there
    are instead.
    """
    __tracebackhide__ = True
    wanted = _rule_id(rule, config)
    one = rendered.named(target) if isinstance(target, str) else target
    found = findings(rendered, profile="restricted", config=config)
    for each in found:
        about = each.finding
        if (each.rule, about.object) == (wanted, one.identity) and path in (None, about.path):
            return each
    at = f" at {path}" if path else ""
    raise AssertionError(f"{wanted} has no finding about {one}{at}; {_instead(found, one)}")


def assert_no_finding(
    rendered: RenderedTree,
    rule: str,
    target: TreeObject | str | None = None,
    *,
    config: Path | None = None,
) -> None:
    """Require that a rule has no finding, about one object or any."""
    __tracebackhide__ = True
    wanted = _rule_id(rule, config)
    one = rendered.named(target) if isinstance(target, str) else target
    found = [
        each
        for each in findings(rendered, profile="restricted", config=config)
        if each.rule == wanted and (one is None or each.finding.object == one.identity)
    ]
    if found:
        raise AssertionError(_lines(found))


def assert_no_errors(
    rendered: RenderedTree, *, profile: Profile | None = None, config: Path | None = None
) -> None:
    """Require that `kubestrata check` would report no error about the rendered objects."""
    __tracebackhide__ = True
    found = findings(rendered, profile=profile, config=config)
    errors = [each for each in found if each.severity is Severity.ERROR]
    if errors:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        raise AssertionError(f"{count} in the rendered objects\n{_lines(errors)}")


def _settings(config: Path | None) -> Settings:
    return Settings() if config is None else settings_in(config)


def _rule_id(rule: str, config: Path | None) -> str:
    __tracebackhide__ = True
    ids = ids_by_name(replace(_settings(config), profile="restricted").rules())
    if rule in ids:
        return ids[rule]
    near = alike(rule, ids, likeness=0.5)
    fix = f"\n  fix: write {near[0]!r}" if near else ""
    raise AssertionError(f"rule {rule!r}: is not a valid rule id{fix}")


def _instead(found: Sequence[Violation], target: TreeObject) -> str:
    here = sorted({each.rule for each in found if each.finding.object == target.identity})
    return f"its findings: {', '.join(here) or 'none'}"


def _lines(found: Iterable[Violation]) -> str:
    return "\n".join(
        f"{each.finding.place}: {each.rule} {each.finding.object}: {each.finding.text}"
        + (f"\n  fix: {each.finding.fix}" if each.finding.fix else "")
        for each in found
    )
