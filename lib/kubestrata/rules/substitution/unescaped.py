"""S02, S06, S07: text that Flux would change, and text that it cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.secret_field import REDACTED
from kubestrata.rules.placeholders import PlaceholderUse, substituted, unreadable, uses
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, Unit
from kubestrata.rules.violation import Finding, Severity

_SHELL = re.compile(r"#!\S*[/ ](?:env +)?(?:ba|da|z|k|a)?sh\b")
_SHELL_FILE = re.compile(r"^data\..*\.(?:ba|z)?sh$")


def _foreign(tree: ClusterTree) -> Iterator[tuple[Unit, Subject, PlaceholderUse]]:
    """Yield the uses of names that no source of a Kustomization declares, each text once."""
    for unit, subject in substituted(tree):
        known = tree.variables.get(unit.identity)
        seen: set[tuple[str, str]] = set()
        for use in uses(subject):
            undeclared = not use.declarable or (known is not None and use.name not in known)
            if undeclared and (use.path, use.text) not in seen:
                seen.add((use.path, use.text))
                yield unit, subject, use


def _blanked(tree: ClusterTree) -> Iterator[Finding]:
    for unit, subject, use in _foreign(tree):
        if not use.default and (use.foreign or not use.declarable):
            message = f"Flux substitutes {use.shown} as a variable of {unit.identity.name}"
            fix = "write $$ for its $" if use.in_secret else f"write ${use.text}"
            # A dashboard may do without the text, a script does something else.
            is_script = use.in_command or _is_script(subject, use.path)
            severity = None if is_script else Severity.WARNING
            yield subject.finding(use.path, message, fix, severity)


def _frozen(tree: ClusterTree) -> Iterator[Finding]:
    for unit, subject, use in _foreign(tree):
        if use.default and not use.in_secret and _is_script(subject, use.path):
            message = f"Flux replaces {use.text} by its default, for {unit.identity.name}"
            yield subject.finding(use.path, message, f"write ${use.text}")


def _is_script(subject: Subject, path: str) -> bool:
    if subject.identity.kind != "ConfigMap" or not path.startswith("data."):
        return False
    text = subject.as_written["data"].get(path.removeprefix("data."))
    return bool(_SHELL_FILE.match(path)) or (isinstance(text, str) and bool(_SHELL.match(text)))


def _unreadable(tree: ClusterTree) -> Iterator[Finding]:
    yield from tree.unreplaced
    for unit, subject in substituted(tree):
        for each in unreadable(subject):
            text = REDACTED if subject.is_secret else each.text
            message = f"Flux cannot read {text} for {unit.identity.name}: {each.why}"
            yield subject.finding(each.path, message, "write $$ for the $ if it is not a variable")


RULES = (
    Rule(
        "S02",
        "text that only looks like a placeholder is escaped",
        "Flux removes it from the text",
        _blanked,
    ),
    Rule(
        "S06",
        "variables and their values can be substituted",
        "Flux fails the whole Kustomization, or applies another value",
        _unreadable,
    ),
    Rule(
        "S07",
        "a script that sets defaults of its own is escaped",
        "the script always gets the default, whatever its environment is",
        _frozen,
        Severity.WARNING,
    ),
)
