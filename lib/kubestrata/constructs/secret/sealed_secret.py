"""Secrets sealed for one cluster by Sealed Secrets."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from kubeapis import k8s
from kubeapis import sealed_secrets as api
from kubestrata.constructs.secret.reflection import ReflectedTo
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import EncryptionError, KubestrataError
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.node import Construct
from kubestrata.core.origin import Origin, caller, shown
from kubestrata.core.tree import path_of
from kubestrata.core.yaml_read import load_all

# Length of an RSA-2048 encrypted session key, and of the tag of an empty message.
_SHORTEST = 2 + 256 + 16


class SealedSecret(Construct):
    """The SealedSecret that `kubeseal` wrote to `file`, named `id`; it becomes the Secret `id`.

    Sealed values are copied unchanged. Raises EncryptionError for a file that is missing, contains
    plain text, or is of another object.
    """

    def __init__(
        self, scope: Construct, id: str, *, file: Path, copies: ReflectedTo | None = None
    ) -> None:
        super().__init__(scope, f"{id}-sealed")
        component = component_of(scope)
        origin = caller(path_of(self))
        namespace = component.default_namespace(origin)
        document = _read(file, origin)
        _check_identity(file, document, (id, namespace), origin)
        sealed = _sealed(file, document, origin)
        if copies is not None:
            copies.prepare(self)
        self.resource = api.SealedSecret(
            self,
            id,
            metadata=k8s.ObjectMeta(annotations=_texts(document, "annotations")),
            spec=api.SealedSecretSpec(encrypted_data=sealed, template=_template(document, copies)),
        )
        ref = self.resource.ref.makes("Secret")
        keys = frozenset({*sealed, *_template_data(document)})
        self.secret = SecretReference(ref, keys, copies.names if copies else frozenset())


def _read(file: Path, origin: Origin) -> Manifest:
    name = shown(str(file))
    try:
        documents = load_all(file.read_text(encoding="utf-8"), name)
    except OSError as error:
        raise EncryptionError(name, error.strerror or str(error), where=origin) from error
    except (KubestrataError, UnicodeDecodeError) as error:
        raise EncryptionError(name, f"cannot be read: {error}", where=origin) from error
    document = mapping(documents[0]) if len(documents) == 1 else {}
    if not document:
        raise EncryptionError(name, "must contain exactly one object", where=origin)
    return document


def _check_identity(
    file: Path, document: Manifest, wanted: tuple[str, str], origin: Origin
) -> None:
    metadata = mapping(document.get("metadata"))
    for what, found, expected in (
        ("apiVersion", document.get("apiVersion"), api.SealedSecret.api_version),
        ("kind", document.get("kind"), api.SealedSecret.kind),
        ("metadata.name", metadata.get("name"), wanted[0]),
        ("metadata.namespace", metadata.get("namespace"), wanted[1]),
    ):
        if found != expected:
            why = f"{what} is {found!r}, but the construct has {expected!r}"
            fix = "seal it again: name and namespace are part of the encryption"
            raise EncryptionError(shown(str(file)), why, fix, where=origin)


def _sealed(file: Path, document: Manifest, origin: Origin) -> Mapping[str, str]:
    name, spec = shown(str(file)), mapping(document.get("spec"))
    fix = f"kubeseal --format yaml < secret.yaml > {name}"
    for part, values in (
        ("data", mapping(document.get("data"))),
        ("stringData", mapping(document.get("stringData"))),
        ("spec.template.data", _template_data(document)),
    ):
        plain = sorted(key for key, text in values.items() if "{{" not in str(text))
        if plain:
            raise EncryptionError(name, f"{part}.{plain[0]} is plain text", fix, where=origin)
    values = mapping(spec.get("encryptedData"))
    if not values:
        raise EncryptionError(name, "has no spec.encryptedData", fix, where=origin)
    for key, text in values.items():
        if not _is_sealed(text):
            raise EncryptionError(
                name, f"spec.encryptedData.{key} is not sealed", fix, where=origin
            )
    return values


def _is_sealed(text: object) -> bool:
    try:
        return isinstance(text, str) and len(base64.b64decode(text, validate=True)) >= _SHORTEST
    except binascii.Error:
        return False


def _texts(of: Manifest, field: str) -> dict[str, str] | None:
    found = mapping(mapping(of.get("metadata")).get(field))
    return {str(key): str(text) for key, text in found.items()} or None


def _template_data(document: Manifest) -> dict[str, str]:
    template = mapping(mapping(document.get("spec")).get("template"))
    return {str(key): str(text) for key, text in mapping(template.get("data")).items()}


def _template(document: Manifest, copies: ReflectedTo | None) -> api.SealedSecretSpecTemplate:
    template = mapping(mapping(document.get("spec")).get("template"))
    data = _template_data(document)
    annotations = {
        **(_texts(template, "annotations") or {}),
        **(copies.annotations if copies is not None else {}),
    }
    metadata = api.SealedSecretSpecTemplateMetadata(
        labels=_texts(template, "labels"), annotations=annotations or None
    )
    kind = template.get("type")
    return api.SealedSecretSpecTemplate(
        type=str(kind) if kind else None,
        immutable=True if template.get("immutable") is True else None,
        data=data or None,
        metadata=metadata,
    )
