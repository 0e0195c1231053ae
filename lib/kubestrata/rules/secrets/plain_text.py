"""X01: secrets are not in the tree in plain text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from functools import partial

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.argo_setting import TYPE_LABEL
from kubestrata.rules.credentials import (
    PLACEHOLDER,
    form_in_use,
    holds_credential,
    is_credential,
    may_hold_form,
)
from kubestrata.rules.machine_config import MachineDocument, plain_secrets
from kubestrata.rules.passed_checks import KeptCheck
from kubestrata.rules.rule import Rule
from kubestrata.rules.strings import strings
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_KEY_ID = re.compile(r"(?i)access_?key_?id$")
_NAME = re.compile(r"[a-z]+(?:[-.][a-z0-9]+)+")
_MAY_NAME = re.compile(r"(?i)secret$")
"""Fields that as often hold the name of a Secret."""
_OF_SOPS = "sops_"
"""Beginning of the keys that SOPS adds to a file of variables."""
_REPOSITORY = frozenset(
    {"enableLfs", "enableOCI", "forceHttpBasicAuth", "insecure", "name", "namespaces", "project"}
    | {"noProxy", "proxy", "server", "type", "url"}
)
"""Keys by which a Secret declares a repository or a cluster to Argo CD; they are not secret."""
_READ_BY_OPERATORS = frozenset({"ClusterExternalSecret", "ExternalSecret", "PushSecret"})
_TYPED = "ResourceGraphDefinition"
"""A kind of kro whose schema has names of types as values."""
_CIPHERTEXT = re.compile(r"(^|\.)encryptedData\.")
"""The field of a SealedSecret whose values only its controller decrypts."""
_REFER = "write a reference such as op://vault/item/field, or encrypt the file with SOPS"
_ENCRYPT = "encrypt the file with SOPS, or take the value from an ExternalSecret"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        if subject.encrypted:
            continue
        if (subject.identity.group, subject.identity.kind) == ("", "Secret"):
            yield from _secret(subject)
        else:
            yield from _kept(tree, subject)
    for document in tree.machines:
        yield from _machine(document)


def _kept(tree: ClusterTree, subject: Subject) -> Iterable[Finding]:
    """Return the findings about an object that is not a Secret."""
    passed = tree.passed
    if passed is None or subject.is_secret:
        return _object(subject)
    key = passed.key(subject.as_written, subject.identity.kind.encode())
    return passed.found(key, KeptCheck.PLAIN_TEXT, partial(_object, subject))


def _machine(document: MachineDocument) -> Iterator[Finding]:
    """Yield the secrets in a machine configuration, which a node gets with their values."""
    place = document.place
    for path, what in plain_secrets(document.manifest):
        message = f"holds {what} in plain text"
        yield Finding(Identity("", "File", "", place.file), place, path, message, _REFER)


def _secret(subject: Subject) -> Iterator[Finding]:
    manifest = subject.as_written
    public = _REPOSITORY if TYPE_LABEL in subject.labels else frozenset[str]()
    for field in ("data", "stringData"):
        found: dict[bool, list[str]] = {True: [], False: []}
        for key, value in mapping(manifest.get(field)).items():
            text = _literal(field, value)
            if text and key not in public and not key.startswith(_OF_SOPS):
                shown = key if _KEY.fullmatch(key) else "an entry"
                found[holds_credential(key, text)].append(shown)
        for is_certain, keys in found.items():
            if keys:
                message = f"has {', '.join(sorted(keys)[:5])} in plain text"
                severity = None if is_certain else Severity.WARNING
                yield subject.finding(field, message, _ENCRYPT, severity)


def _literal(field: str, value: object) -> str:
    """Return the text of an entry that is in plain text, '' for a placeholder or ciphertext."""
    if not isinstance(value, str) or not value.strip():
        return ""
    text = value if field == "stringData" else _decoded(value)
    elsewhere = text.strip().startswith("${") or PLACEHOLDER.is_in(text)
    return "" if elsewhere or "ENC[AES256_GCM" in text else text.strip()


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return value


def _object(subject: Subject) -> Iterator[Finding]:
    kind = subject.identity.kind
    if kind == "CustomResourceDefinition":
        return
    env: dict[str, str] | None = None
    texts = strings(subject.as_written)
    has_form = may_hold_form(text for _, text in texts)
    for path, text in texts:
        what = form_in_use(text) if has_form else ""
        if what:
            # The identifier of an access key is in many specs; the key itself is another field.
            severity = Severity.WARNING if _KEY_ID.search(path) else None
            yield subject.finding(path, f"holds {what} in plain text", _ENCRYPT, severity)
            continue
        variable = ""
        if path.endswith("].value") and "env[" in path:
            env = dict(_env(subject)) if env is None else env
            variable = env.get(path, "")
        if not is_credential(path, text) and not (variable and is_credential(variable, text)):
            continue
        if _is_no_secret(kind, path):
            continue
        name = variable or path.rpartition(".")[2]
        named = _NAME.fullmatch(text) and (_MAY_NAME.search(name) or _is_named_like(text, name))
        severity = Severity.WARNING if named else None
        yield subject.finding(path, f"holds {name} in plain text", _ENCRYPT, severity)


def _is_no_secret(kind: str, path: str) -> bool:
    """Return True for a field that holds a name, ciphertext or a schema, whatever it is called."""
    names_key = kind in _READ_BY_OPERATORS and path.endswith(".secretKey")
    is_schema = kind == _TYPED and path.startswith("spec.schema.")
    return names_key or is_schema or _CIPHERTEXT.search(path) is not None


def _is_named_like(text: str, field: str) -> bool:
    """Return True for a text such as `shop-password` in a field `password`: it names an entry."""
    return text.replace("-", "").endswith(re.sub("[-_]", "", field).lower())


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
        _check,
    ),
)
