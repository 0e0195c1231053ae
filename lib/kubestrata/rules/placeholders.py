"""Variables of Flux in the objects of units with substitution."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import is_mapping, is_sequence, mapping, sequence
from kubestrata.rules.subject import ClusterTree, Subject, Unit

SWITCH = "kustomize.toolkit.fluxcd.io/substitute"
_EXPRESSION = re.compile(r"\$\$|\$\{([^}]*)\}?")
_VARIABLE = re.compile(r"#?([A-Za-z_][A-Za-z0-9_]*)(.*)", re.DOTALL)
_DEFAULTS = (":-", ":=", ":+", ":?", "=")
_OPERATORS = (":", "=", "/", "#", "%", "^", ",")
_SCRIPTS = re.compile(r"(^|\.)(command|args)\[\d+\]$")


@dataclass(frozen=True, slots=True)
class PlaceholderUse:
    """A `${...}` in an object: `name` is '' if it is not a variable."""

    path: str
    text: str
    name: str
    default: bool
    foreign: bool
    """True if the text around it has a syntax of its own: a script, a dashboard."""
    whole: bool
    in_secret: bool = False

    @property
    def shown(self) -> str:
        """Return the use for a message; in a Secret it may be a part of a value."""
        if not self.in_secret:
            return self.text
        return "the value" if self.whole else "a part of the value"


def substituted(tree: ClusterTree) -> Iterator[tuple[Unit, Subject]]:
    """Yield every object in which Flux substitutes, with its unit."""
    for unit in tree.units.values():
        if is_mapping(unit.subject.spec.get("postBuild")):
            for subject in unit.objects:
                if not subject.encrypted and not is_switched_off(subject):
                    yield unit, subject


def is_substituted(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if Flux substitutes in an object."""
    unit = tree.units.get(subject.unit) if subject.unit else None
    if unit is None or not is_mapping(unit.subject.spec.get("postBuild")):
        return False
    return not subject.encrypted and not is_switched_off(subject)


def is_switched_off(subject: Subject) -> bool:
    """Return True if Flux does not substitute in an object."""
    return "disabled" in (subject.annotations.get(SWITCH), subject.labels.get(SWITCH))


def uses(subject: Subject) -> Iterator[PlaceholderUse]:
    """Yield every use in an object, in the order of its fields."""
    config = subject.identity.kind == "ConfigMap"
    secret = subject.is_secret
    for path, text in strings(subject.as_written):
        if "$" not in text:
            continue
        foreign = "\n" in text.strip() or bool(_SCRIPTS.search(path))
        foreign = foreign or (config and path.startswith("data."))
        for found in _EXPRESSION.finditer(text):
            if found[1] is None:
                continue
            name, rest = _parts(found[1])
            default = rest.startswith(_DEFAULTS)
            yield PlaceholderUse(path, found[0], name, default, foreign, found[0] == text, secret)


def _parts(expression: str) -> tuple[str, str]:
    found = _VARIABLE.fullmatch(expression)
    if found is None or (found[2] and not found[2].startswith(_OPERATORS)):
        return "", ""
    return found[1], found[2]


def strings(value: Any, path: str = "") -> Sequence[tuple[str, str]]:
    """Return every text of a manifest with its path, keys included."""
    found: list[tuple[str, str]] = []
    _gather(value, path, found)
    return found


def _gather(value: Any, path: str, found: list[tuple[str, str]]) -> None:
    # Generators that delegate once per level cost twice as much.
    if isinstance(value, str):
        found.append((path, value))
    elif is_mapping(value):
        for key, part in value.items():
            if "$" in str(key):
                found.append((path, str(key)))
            _gather(part, f"{path}.{key}" if path else str(key), found)
    elif is_sequence(value):
        for index, part in enumerate(value):
            _gather(part, f"{path}[{index}]", found)


def values_of(tree: ClusterTree, unit: Unit) -> dict[str, str]:
    """Return the values of a unit's variables that are in the tree in plain text."""
    build = mapping(unit.subject.spec.get("postBuild"))
    values: dict[str, str] = {}
    for entry in map(mapping, sequence(build.get("substituteFrom"))):
        name = str(entry.get("name", ""))
        source = tree.get("", "ConfigMap", unit.subject.namespace, name)
        if source is not None and entry.get("kind") == "ConfigMap":
            data = mapping(source.manifest.get("data"))
            values |= {key: value for key, value in data.items() if isinstance(value, str)}
    inline = mapping(build.get("substitute"))
    return values | {key: str(value) for key, value in inline.items()}
