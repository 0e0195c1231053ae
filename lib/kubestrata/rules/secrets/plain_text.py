"""X01: secrets are not in the tree in plain text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.credentials import PLACEHOLDER, form_of, is_password
from kubestrata.rules.placeholders import strings
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_ENCRYPT = "encrypt the file with SOPS, or take the value from an ExternalSecret"


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        if subject.encrypted:
            continue
        if (subject.identity.group, subject.identity.kind) == ("", "Secret"):
            yield from _secret(subject)
        else:
            yield from _object(subject)


def _secret(subject: Subject) -> Iterator[Finding]:
    manifest = subject.as_written
    for field in ("data", "stringData"):
        entries = mapping(manifest.get(field))
        keys = [
            key if _KEY.fullmatch(key) else "an entry"
            for key, value in entries.items()
            if _is_literal(field, value)
        ]
        if keys:
            message = f"has {', '.join(sorted(keys)[:5])} in plain text"
            yield subject.finding(field, message, _ENCRYPT)


def _is_literal(field: str, value: object) -> bool:
    if not isinstance(value, str) or not value.strip():
        return False
    text = value if field == "stringData" else _decoded(value)
    elsewhere = text.strip().startswith("${") or PLACEHOLDER.is_in(text)
    return bool(text.strip()) and not elsewhere and "ENC[AES256_GCM" not in text


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return value


def _object(subject: Subject) -> Iterator[Finding]:
    if subject.identity.kind == "CustomResourceDefinition":
        return
    env: dict[str, str] | None = None
    for path, text in strings(subject.as_written):
        what = form_of(text)
        if what:
            yield subject.finding(path, f"holds {what} in plain text", _ENCRYPT)
            continue
        variable = ""
        if path.endswith("].value") and "env[" in path:
            env = dict(_env(subject)) if env is None else env
            variable = env.get(path, "")
        if is_password(path, text) or (variable and is_password(variable, text)):
            name = variable or path.rpartition(".")[2]
            yield subject.finding(path, f"holds {name} in plain text", _ENCRYPT)


def _env(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the paths of environment variables' values, with the variables' names."""
    stack: list[tuple[str, object]] = [("", subject.as_written)]
    while stack:
        path, value = stack.pop()
        for key, part in mapping(value).items():
            inner = f"{path}.{key}" if path else str(key)
            stack.append((inner, part))
        for index, part in enumerate(sequence(value)):
            inner = f"{path}[{index}]"
            entry = mapping(part)
            if path.endswith("env") and isinstance(entry.get("name"), str):
                yield f"{inner}.value", entry["name"]
            stack.append((inner, part))


RULES = (
    Rule(
        "X01",
        "secrets are not in the tree in plain text",
        "anyone who can read the repository has it, even after it is removed",
        _judge,
    ),
)
