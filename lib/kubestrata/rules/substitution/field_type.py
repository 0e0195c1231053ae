"""S04: the value of a variable fits the type of its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.secret_field import REDACTED, is_secret_name
from kubestrata.core.substitution import substitute
from kubestrata.rules.checked_object import checked_objects, schema_of
from kubestrata.rules.placeholders import filled_at, is_broken, substituted
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, Unit
from kubestrata.rules.violation import Finding
from kubestrata.schema import Fault

_FIX = "quote it together with other text, or change the value"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject, faults in _generated(tree) if tree.generated else _read(tree):
        for fault in faults:
            text = filled_at(subject, fault.path)
            if text is not None and not is_broken(tree, subject, fault.path):
                hidden = subject.is_secret or is_secret_name(fault.path)
                shown = REDACTED if hidden else text
                message = f"after substitution of {shown}, {fault.message}"
                yield subject.finding(fault.path, message, _FIX)


def _read(tree: ClusterTree) -> Iterator[tuple[Subject, tuple[Fault, ...]]]:
    """Yield the objects that were read with the values of variables, and their problems."""
    for checked in checked_objects(tree):
        if checked.subject.written is not None:
            yield checked.subject, checked.verdict.faults


def _generated(tree: ClusterTree) -> Iterator[tuple[Subject, tuple[Fault, ...]]]:
    """Yield generated objects after substitution, and their problems."""
    known: dict[str, Mapping[str, str]] = {}
    for unit, subject in substituted(tree):
        values = known.setdefault(str(unit.identity), _values_of(tree, unit))
        schema = schema_of(tree, subject)
        if schema is None:
            continue
        filled = substitute(subject.manifest, values.get)
        if filled.manifest != subject.manifest:
            made = replace(
                subject,
                manifest=filled.manifest,
                written=subject.manifest,
                retyped=filled.retyped,
            )
            yield made, schema.validate(schema.filled(filled.manifest)).faults


def _values_of(tree: ClusterTree, unit: Unit) -> Mapping[str, str]:
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


RULES = (
    Rule(
        "S04",
        "the value of a variable fits the type of its field",
        "the API server rejects the object",
        _check,
    ),
)
