"""Secrets that are encrypted with SOPS in Git and decrypted in the cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import EncryptionError, KubestrataError
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.core.names import check_subdomain
from kubestrata.core.node import Construct
from kubestrata.core.origin import Origin, caller, shown
from kubestrata.core.project_file import read_project_file
from kubestrata.core.reference import Reference
from kubestrata.core.tree import path_of
from kubestrata.core.written import PassedFile
from kubestrata.core.yaml_read import load_all

SUFFIX = ".enc.yaml"
_CIPHERTEXT = re.compile(r"ENC\[AES256_GCM,data:[^\]]*\]\Z")
_RECIPIENTS = ("age", "pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "key_groups")


class EncryptedSecret(Construct):
    """A Secret encrypted by `sops --encrypt`, copied byte for byte to `<id>-secret.enc.yaml`.

    The file is only read to check that it has no plain text. Raises EncryptionError for a file that
    is missing, not encrypted, or of another object.
    """

    def __init__(self, scope: Construct, id: str, *, file: Path) -> None:
        super().__init__(scope, id)
        component = component_of(scope)
        origin = caller(path_of(self))
        check_subdomain("Secret", id, where=origin)
        namespace = component.default_namespace(origin)
        content = _read(file, origin)
        document = _document(file, content, origin)
        _check_encrypted(file, document, origin)
        _check_identity(file, document, (id, namespace), origin)
        keys = {**mapping(document.get("data")), **mapping(document.get("stringData"))}
        identity = Identity("", "Secret", namespace, id)
        component.pass_file(
            PassedFile(f"{id}-secret{SUFFIX}", content, identity, origin, encrypted=True)
        )
        ref = Reference(component, "", "Secret", id, namespace)
        self.secret = SecretReference(ref, frozenset(keys))


def _read(file: Path, origin: Origin) -> bytes:
    if not file.name.endswith(SUFFIX):
        why = f"has an invalid name: encrypted files must end with {SUFFIX}"
        raise EncryptionError(
            shown(str(file)), why, f"rename it to {file.stem}{SUFFIX}", where=origin
        )
    try:
        return read_project_file(file)
    except OSError as error:
        raise EncryptionError(
            shown(str(file)), error.strerror or str(error), where=origin
        ) from error


def _document(file: Path, content: bytes, origin: Origin) -> dict[str, Any]:
    try:
        documents = load_all(content.decode(), shown(str(file)))
    except (KubestrataError, UnicodeDecodeError) as error:
        raise EncryptionError(shown(str(file)), f"cannot be read: {error}", where=origin) from error
    document = mapping(documents[0]) if len(documents) == 1 else {}
    if not document:
        raise EncryptionError(shown(str(file)), "must contain exactly one object", where=origin)
    return document


def _check_encrypted(file: Path, document: dict[str, Any], origin: Origin) -> None:
    fix = f"sops --encrypt --in-place {shown(str(file))}"
    sops = mapping(document.get("sops"))
    if not sops.get("mac"):
        raise EncryptionError(
            shown(str(file)), "is not encrypted: no sops block with a mac", fix, where=origin
        )
    if not any(sops.get(recipient) for recipient in _RECIPIENTS):
        raise EncryptionError(
            shown(str(file)), "has no recipient: no key in its sops block", where=origin
        )
    for part in ("data", "stringData"):
        for key, value in mapping(document.get(part)).items():
            if not isinstance(value, str) or not _CIPHERTEXT.match(value):
                raise EncryptionError(
                    shown(str(file)), f"{part}.{key} is plain text", fix, where=origin
                )


def _check_identity(
    file: Path, document: dict[str, Any], wanted: tuple[str, str], origin: Origin
) -> None:
    metadata = mapping(document.get("metadata"))
    for what, found, expected in (
        ("kind", document.get("kind"), "Secret"),
        ("metadata.name", metadata.get("name"), wanted[0]),
        ("metadata.namespace", metadata.get("namespace"), wanted[1]),
    ):
        unreadable = isinstance(found, str) and _CIPHERTEXT.match(found)
        if found != expected and not unreadable:
            why = f"{what} is {found!r}, but the construct has {expected!r}"
            raise EncryptionError(shown(str(file)), why, where=origin)
