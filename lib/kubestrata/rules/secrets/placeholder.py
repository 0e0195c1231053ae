"""X03: placeholders of secrets are replaced."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from functools import partial

from kubestrata.core.secret_field import is_secret_name
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.credentials import PLACEHOLDER, may_hold_placeholder
from kubestrata.rules.field import values
from kubestrata.rules.passed_checks import KeptCheck
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.strings import strings
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_READ_BY_OPERATORS = frozenset(
    {"ClusterSecretStore", "ExternalSecret", "OnePasswordItem", "SecretStore"}
)

_WEBHOOK = "vault-secrets-webhook"
_BANK_VAULTS = ("vault.security.banzaicloud.io/", "secrets-webhook.security.bank-vaults.io/")
"""The chart of Bank-Vaults' webhook, and the annotations that it reads."""


def _check(tree: ClusterTree) -> Iterator[Finding]:
    replaced = _replaced_on_admission(tree)
    for subject in tree.subjects:
        if subject.encrypted or subject.identity.kind in _READ_BY_OPERATORS:
            continue
        for path, value in _kept(tree, subject):
            found = next(PLACEHOLDER.find(value), "")
            if found and "\n" not in value.strip() and not found.strip().startswith(replaced):
                # Of a Secret only the placeholder is shown: the text around it may be the value.
                whole = subject.identity.kind != "Secret"
                shown = value.strip()[:60] if whole else found.strip()
                message = f"holds {shown}, which nothing in the cluster replaces"
                fix = "take the value from an ExternalSecret"
                secret = subject.is_secret or is_secret_name(path)
                yield subject.finding(path, message, fix, None if secret else Severity.WARNING)


def _kept(tree: ClusterTree, subject: Subject) -> Sequence[tuple[str, str]]:
    """Return the texts of an object with their paths, none if no text holds a placeholder."""
    passed = tree.passed
    if passed is None or subject.is_secret:
        return _texts(subject)
    return passed.found(
        passed.key(subject.manifest), KeptCheck.PLACEHOLDERS, partial(_texts, subject)
    )


def _texts(subject: Subject) -> list[tuple[str, str]]:
    texts = [(path, _plain(subject, path, text)) for path, text in strings(subject.manifest)]
    return texts if may_hold_placeholder(value for _, value in texts) else []


def _replaced_on_admission(tree: ClusterTree) -> tuple[str, ...]:
    """Return the beginnings of the placeholders that a webhook replaces in Secrets and pods."""
    charts = [chart_of(tree, each) for each in tree.of_kind(HELM, "HelmRelease")]
    names = {each.name for each in charts if each is not None}
    for each in tree.of_kind(ARGO, "Application"):
        for path in ("spec.source.chart", "spec.sources[].chart"):
            names |= {str(name) for _, name in values(each.manifest, path)}
    is_annotated = any(
        key.startswith(_BANK_VAULTS) for each in tree.subjects for key in each.annotations
    )
    return ("vault:",) if is_annotated or _WEBHOOK in names else ()


def _plain(subject: Subject, path: str, text: str) -> str:
    if subject.identity.kind != "Secret" or not path.startswith("data."):
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


RULES = (
    Rule(
        "X03",
        "placeholders of secrets are replaced",
        "the program uses the placeholder as its password",
        _check,
    ),
)
