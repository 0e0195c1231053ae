"""Sealed files, and invalid ones."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component
from kubestrata.constructs.secret import ReflectedTo, SealedSecret
from kubestrata.core.errors import EncryptionError, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import new_cluster, new_component

VALUE = base64.b64encode(bytes(range(256)) * 2).decode()


def document(**changes: Any) -> dict[str, Any]:
    sealed: dict[str, Any] = {
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": {"name": "login", "namespace": "web", "creationTimestamp": None},
        "spec": {
            "encryptedData": {"password": VALUE},
            "template": {
                "metadata": {"name": "login", "namespace": "web", "labels": {"team": "web"}},
                "type": "Opaque",
                "data": {"user.ini": "password={{ .password }}"},
            },
        },
    }
    return sealed | changes


def sealed(tmp_path: Path, content: object) -> tuple[Component, Path]:
    file = tmp_path / "login.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return new_component(new_cluster(groups=("bitnami.com",))), file


def test_sealed_secret(manifests: SnapshotAssertion, tmp_path: Path) -> None:
    component, file = sealed(tmp_path, document())
    secret = SealedSecret(component, "login", file=file).secret
    assert rendered(component) == manifests
    assert faults(component) == []
    assert secret.keys == frozenset({"password", "user.ini"})


def test_sealed_values_are_those_of_the_file(tmp_path: Path) -> None:
    component, file = sealed(tmp_path, document())
    SealedSecret(component, "login", file=file)
    (found,) = objects(component, "SealedSecret")
    assert found["spec"]["encryptedData"] == {"password": VALUE}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (document(kind="Secret"), "kind is 'Secret'"),
        (document(metadata={"name": "other", "namespace": "web"}), "metadata.name is 'other'"),
        (document(metadata={"name": "login", "namespace": "x"}), "metadata.namespace is 'x'"),
        (document(spec={}), "has no spec.encryptedData"),
        (document(spec={"encryptedData": {"a": "aHVudGVyMg=="}}), "encryptedData.a is not sealed"),
        (document(spec={"encryptedData": {"a": "hunter2!"}}), "encryptedData.a is not sealed"),
        (document(stringData={"a": "hunter2"}), "stringData.a is plain text"),
        (
            document(spec={"encryptedData": {"a": VALUE}, "template": {"data": {"b": "hunter2"}}}),
            "spec.template.data.b is plain text",
        ),
        ("a: [", "cannot be read"),
        ("a: 1\n---\nb: 2\n", "must contain exactly one object"),
    ],
)
def test_an_invalid_file_is_refused(content: object, message: str, tmp_path: Path) -> None:
    component, file = sealed(tmp_path, content)
    with pytest.raises(EncryptionError, match=message) as raised:
        SealedSecret(component, "login", file=file)
    assert "test_sealed_secret.py:" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    component, _ = sealed(tmp_path, "")
    with pytest.raises(EncryptionError, match="No such file"):
        SealedSecret(component, "login", file=tmp_path / "none.yaml")


def test_copies_require_a_reflector(tmp_path: Path) -> None:
    component, file = sealed(tmp_path, document())
    with pytest.raises(MissingOffer, match="SecretReflector"):
        SealedSecret(component, "login", file=file, copies=ReflectedTo([component.home_namespace]))
