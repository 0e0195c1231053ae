"""Variables of Flux in the objects of Kustomizations, with substitution or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kubestrata.core.envsubst import VARIABLE_NAME, EnvsubstError, expressions
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import HELM, KUSTOMIZE
from kubestrata.rules.field import values
from kubestrata.rules.strings import strings
from kubestrata.rules.subject import ClusterTree, Subject, Unit

SWITCH = "kustomize.toolkit.fluxcd.io/substitute"
_WEBHOOK = "kustomize-mutating-webhook"
"""A release that adds the same variables to all Kustomizations."""
_ALWAYS = "Always"
_SCRIPTS = re.compile(r"(^|\.)(command|args)\[\d+\]$")
_QUOTED_KEY = re.compile(r'\["([^"]*)"\]')


class PlaceholderUse(Frozen):
    """A `${...}` in an object: the text as written, and the name of the variable."""

    path: str
    text: str
    name: str
    default: bool
    foreign: bool
    """True if the text around it has a syntax of its own: a script, a dashboard."""
    whole: bool
    in_secret: bool = False

    @property
    def in_command(self) -> bool:
        """Return True in a command or an argument of a container."""
        return _SCRIPTS.search(self.path) is not None

    @property
    def declarable(self) -> bool:
        """Return True if Flux accepts a variable of this name: `${1}` is none."""
        return VARIABLE_NAME.match(self.name) is not None

    @property
    def shown(self) -> str:
        """Return the use for a message; in a Secret it may be a part of a value."""
        if not self.in_secret:
            return self.text
        return "the value" if self.whole else "a part of the value"


class UnparsedText(Frozen):
    """A text that Flux cannot parse: its path, the start of the expression, and the reason."""

    path: str
    text: str
    why: str


def has_substitution(unit: Unit) -> bool:
    """Return True if a Kustomization substitutes: it has a variable, a source, or always does."""
    build = mapping(unit.subject.spec.get("postBuild"))
    always = build.get("substituteStrategy") == _ALWAYS
    return bool(build.get("substitute") or build.get("substituteFrom")) or always


def substituted(tree: ClusterTree) -> Iterator[tuple[Unit, Subject]]:
    """Yield every object in which Flux substitutes, with its unit."""
    for unit in tree.units.values():
        if has_substitution(unit):
            for subject in unit.objects:
                if not subject.encrypted and not is_switched_off(subject):
                    yield unit, subject


def is_substituted(tree: ClusterTree, subject: Subject) -> bool:
    """Return True if Flux still replaces variables in an object, as far as it is known here."""
    return tree.generated or subject.is_open or tree.once(are_changed)


def are_changed(tree: ClusterTree) -> bool:
    """Return True if a webhook changes Kustomizations on admission, and may add variables."""
    for webhook in tree.of_kind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"):
        for path, value in values(webhook.manifest, "webhooks[].rules[]"):
            if path and KUSTOMIZE in sequence(mapping(value).get("apiGroups")):
                return True
    releases = tree.of_kind(HELM, "HelmRelease")
    return any(each.identity.name == _WEBHOOK for each in releases)


def unsubstituted(tree: ClusterTree) -> Iterator[tuple[Unit, Subject]]:
    """Yield every object of the Kustomizations without substitution, with its unit."""
    if tree.once(are_changed):
        return
    for unit in tree.units.values():
        if unit.identity.group == KUSTOMIZE and not has_substitution(unit):
            for subject in unit.objects:
                if not subject.encrypted:
                    yield unit, subject


def is_switched_off(subject: Subject) -> bool:
    """Return True if Flux does not substitute in an object."""
    return "disabled" in (subject.annotations.get(SWITCH), subject.labels.get(SWITCH))


def filled_at(subject: Subject, path: str) -> str | None:
    """Return the text with variables that was written at a path, or from which its value came."""
    plain = _plain(path)
    for at, text in subject.retyped.items():
        if plain == at or plain.startswith((f"{at}.", f"{at}[")):
            return text
    if subject.written is None:
        return None
    return next(
        (text for at, text in strings(subject.written) if at == plain and "${" in text), None
    )


def is_unreplaced(tree: ClusterTree, subject: Subject, path: str) -> bool:
    """Return True if a Kustomization without substitution applies a `${...}` at a path."""
    unit = tree.units.get(subject.unit) if subject.unit is not None else None
    if unit is None or unit.identity.group != KUSTOMIZE or has_substitution(unit):
        return False
    return bool(unreplaced_at(subject, path))


def unreplaced_at(subject: Subject, path: str) -> str:
    """Return the text with a `${...}` that is the value at a path, '' if there is none."""
    plain = _plain(path)
    found = (text for at, text in strings(subject.manifest) if at == plain and "${" in text)
    return next(found, "")


def is_broken(tree: ClusterTree, subject: Subject, path: str) -> bool:
    """Return True if the value of a variable makes the YAML invalid at a path."""
    return (subject.identity, _plain(path)) in tree.once(_broken)


def _broken(tree: ClusterTree) -> frozenset[tuple[Identity, str]]:
    return frozenset((each.object, _plain(each.path)) for each in tree.unreplaced)


def is_encrypted_at(subject: Subject, path: str) -> bool:
    """Return True if the value at a path is encrypted, so that only its key is known."""
    plain = _plain(path)
    return subject.encrypted and any(
        at == plain and not text for at, text in strings(subject.manifest)
    )


def has_variable(value: Any, path: str) -> bool:
    """Return True if a `${...}` remains at or below a path of an object."""
    plain = _plain(path)
    return any("${" in text and at.startswith(plain) for at, text in strings(value))


def _plain(path: str) -> str:
    """Return a path of a message in the form of `strings`: every key after a dot."""
    return _QUOTED_KEY.sub(r".\1", path).lstrip(".")


def uses(subject: Subject) -> Iterator[PlaceholderUse]:
    """Yield every use in an object, in the order of its fields; none in an unreadable text."""
    config = subject.identity.kind == "ConfigMap"
    secret = subject.is_secret
    for path, text in subject.dollar_texts:
        foreign = "\n" in text.strip() or bool(_SCRIPTS.search(path))
        foreign = foreign or (config and path.startswith("data."))
        try:
            found = list(expressions(text))
        except EnvsubstError:
            continue
        for each in found:
            whole = each.text == text
            yield PlaceholderUse(path, each.text, each.name, each.default, foreign, whole, secret)


def unreadable(subject: Subject) -> Iterator[UnparsedText]:
    """Yield the texts of an object that Flux cannot parse."""
    for path, text in subject.dollar_texts:
        try:
            list(expressions(text))
        except EnvsubstError as error:
            yield UnparsedText(path, error.expression, error.why)
