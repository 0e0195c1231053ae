"""X03: placeholders of secrets are replaced."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from kubestrata.core.secret_field import is_secret_name
from kubestrata.rules.credentials import PLACEHOLDER
from kubestrata.rules.placeholders import strings
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_READ_BY_OPERATORS = frozenset(
    {"ClusterSecretStore", "ExternalSecret", "OnePasswordItem", "SecretStore"}
)


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        if subject.encrypted or subject.identity.kind in _READ_BY_OPERATORS:
            continue
        for path, text in strings(subject.manifest):
            value = _plain(subject, path, text)
            found = next(PLACEHOLDER.find(value), "")
            if found and "\n" not in value.strip():
                # Of a Secret only the placeholder is shown: the text around it may be the value.
                whole = subject.identity.kind != "Secret"
                shown = value.strip()[:60] if whole else found.strip()
                message = f"holds {shown}, which nothing in the cluster replaces"
                fix = "take the value from an ExternalSecret"
                secret = subject.is_secret or is_secret_name(path)
                yield subject.finding(path, message, fix, None if secret else Severity.WARNING)


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
        _judge,
    ),
)
