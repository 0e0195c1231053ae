"""Secret values are found in objects, and removed from text in all their forms."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from kubestrata.rules.secret_value import SecretValues

ARGO_TYPE = "argocd.argoproj.io/secret-type"
VALUE = "correct-horse battery"


def values(*manifests: dict[str, Any]) -> SecretValues:
    found = SecretValues()
    for each in manifests:
        found.add(each)
    return found


def secret(**data: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": data}


@pytest.mark.parametrize(
    "text",
    [
        VALUE,
        base64.b64encode(VALUE.encode()).decode(),
        f"before {VALUE}, after",
        f"x{VALUE}x",
    ],
)
def test_a_value_is_replaced(text: str) -> None:
    made = values(secret(password=VALUE)).scrub(text)
    assert "(redacted)" in made
    assert VALUE not in made


@pytest.mark.parametrize("value", ['it\'s "q" \\ here', "two\nlines of text", "tab\there-now"])
def test_an_escaped_value_is_replaced(value: str) -> None:
    known = values(secret(password=value))
    for text in (repr(value), json.dumps(value), " ".join(value.split())):
        assert known.scrub(text).strip("'\"") == "(redacted)"


def test_a_truncated_value_is_replaced() -> None:
    value = "long-" * 30
    assert "long-long" not in values(secret(password=value)).scrub(f"{value[:57]}...")


def test_lines_and_assignments_of_a_text_are_values() -> None:
    known = values(secret(env="USER=web\nPASSWORD='hunter2-abc'\n"))
    assert known.scrub("login hunter2-abc failed") == "login (redacted) failed"


@pytest.mark.parametrize(
    "manifest",
    [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "data": {"p": base64.b64encode(b"s3cr3t-x").decode()},
        },
        {"apiVersion": "v1", "kind": "Secret", "data": {"p": "s3cr3t-x"}},
        {"apiVersion": "v1", "kind": "Secret", "data": "s3cr3t-x"},
        {"apiVersion": "v1", "kind": "List", "items": [secret(p="s3cr3t-x")]},
        {"kind": "HelmRelease", "spec": {"values": {"db": {"password": "s3cr3t-x"}}}},
        {"kind": "Pod", "spec": {"env": [{"name": "DB_PASSWORD", "value": "s3cr3t-x"}]}},
        {
            "kind": "ConfigMap",
            "metadata": {
                "annotations": {
                    "kubectl.kubernetes.io/last-applied-configuration": json.dumps(
                        secret(p="s3cr3t-x")
                    )
                }
            },
        },
    ],
)
def test_values_are_found_in_all_fields(manifest: dict[str, Any]) -> None:
    assert values(manifest).scrub("a s3cr3t-x b") == "a (redacted) b"


@pytest.mark.parametrize(
    "text",
    [
        "password=s3cr3t-x",
        "[db]\nuser = web\ndb_password = s3cr3t-x\n",
        '"password": "s3cr3t-x",',
        "--admin-password=s3cr3t-x",
    ],
)
def test_an_assignment_in_a_text_is_a_value_by_its_name(text: str) -> None:
    manifest = {"kind": "ConfigMap", "data": {"app.conf": text}}
    assert values(manifest).scrub(f"found {text!r}").count("s3cr3t") == 0
    assert values({"kind": "Pod", "args": [text]}).scrub("x s3cr3t-x y") == "x (redacted) y"


@pytest.mark.parametrize("text", ["password = ${DB_PASSWORD}", "user: some-user", "max_tokens=512"])
def test_other_assignments_in_a_text_stay_readable(text: str) -> None:
    assert values({"kind": "ConfigMap", "data": {"app.conf": text}}).scrub(text) == text


def test_words_and_names_stay_readable() -> None:
    text = "Deployment shop/postgres is true; 1 replica, default, concatenated"
    known = values(
        secret(a="true", b="1", c="shop", d="default", e="postgres", f="catena"),
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "postgres"}},
    )
    assert known.scrub(text) == text


def test_ordinary_words_stay_readable() -> None:
    text = "nothing creates it: undefined, triplom/platform, application, wireguard, true"
    known = values(
        secret(a="nothing", b="'undefined'", username="triplom", c="application", d='"true"'),
        secret(config="KEY=wireguard\nUSER=triplom\n"),
        {"kind": "ConfigMap", "metadata": {"name": "wireguard-tools"}, "data": {"x": "y"}},
    )
    assert known.scrub(text) == text


def test_words_that_only_a_secret_has_are_replaced() -> None:
    known = values(secret(password="swordfish", unlock="opensesame", username="web77admin"))
    text = "swordfish opensesame web77admin"
    assert known.scrub(text) == "(redacted) (redacted) (redacted)"
    known = values(secret(username="swordfish"), secret(password="swordfish"))
    assert known.scrub("swordfish") == "(redacted)"


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_the_address_of_a_repository_of_argo_cd_is_public(field: str) -> None:
    url, labels = "https://git.example.com/acme/platform", {ARGO_TYPE: "repository"}
    values_of = {"url": url, "password": "x-hunter2-x"}
    if field == "data":
        values_of = {k: base64.b64encode(v.encode()).decode() for k, v in values_of.items()}
    known = values(
        {"kind": "Secret", "apiVersion": "v1", "metadata": {"labels": labels}, field: values_of}
    )
    assert known.scrub(f"{url} x-hunter2-x") == f"{url} (redacted)"
    user = secret(url="web:pass@git.example.com/a") | {"metadata": {"labels": labels}}
    assert values(user).scrub("at web:pass@git.example.com/a") == "at (redacted)"


def test_references_to_secrets_and_ciphertext_of_sops_are_not_values() -> None:
    reference = {"apiVersion": "v1", "kind": "Secret", "name": "web-oidc", "key": "client_id"}
    sealed = secret(p="ENC[AES256_GCM,data:abc]") | {"sops": {"version": "3.11.0"}}
    text = "web-oidc client_id 3.11.0 ENC[AES256_GCM,data:abc]"
    assert values({"kind": "App", "spec": {"from": reference}}, sealed).scrub(text) == text


def test_a_number_is_a_value() -> None:
    assert values(secret(pin=48120007)).scrub("the number 48120007") == "the number (redacted)"
    assert values(secret(pin=10**6000)).scrub("x") == "x"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY----- MIIabc...",
        "AKIAIOSFODNN7EXAMPLE",
        "postgres://web:hunter2@db.example.com",
        "redis://:hunter2@cache:6379",
    ],
)
def test_a_value_with_the_form_of_a_secret_is_replaced(text: str) -> None:
    made = values().scrub(f"found {text}")
    assert made.startswith("found (redacted)")
    assert "MIIabc" not in made
    assert "hunter2" not in made


def test_the_place_where_a_release_reads_a_secret_is_no_value() -> None:
    reference = {
        "kind": "Secret",
        "name": "oidc",
        "valuesKey": "client_secret",
        "targetPath": "config.oidc.clientSecret",
    }
    known = values({"kind": "HelmRelease", "spec": {"valuesFrom": [reference]}})
    for text in ("no key client_secret", "config.oidc.clientSecret is not set"):
        assert known.scrub(text) == text
