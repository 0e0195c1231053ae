"""Credentials are recognised by their form, in texts of any length."""

from __future__ import annotations

import pytest

from kubestrata.rules.credentials import (
    PLACEHOLDER,
    form_in_use,
    form_of,
    is_credential,
    is_password,
)

KEY = "-----BEGIN {}PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (KEY.format(""), "a private key"),
        (KEY.format("RSA ENCRYPTED "), "a private key"),
        ("see AKIA" + "A1" * 8 + " there", "an AWS access key"),
        ("ghp_" + "a1" * 15, "a GitHub token"),
        ("eyJ" + "a" * 10 + ".eyJ" + "b" * 10 + "." + "c" * 10, "a JSON web token"),
        ("postgres://shop:hunter2@db:5432/shop", "credentials in an address"),
        ("postgres://shop:${PASSWORD}@db/shop", ""),
        ("postgres://shop:<password>@db/shop", ""),
        ("postgres://shop:*****@db/shop", ""),
        ("https://example.org:8080/a@b", ""),
    ],
)
def test_a_form_is_recognised(text: str, form: str) -> None:
    assert form_of(text) == form
    assert form_of(f"first\n{text}\nlast") == form


@pytest.mark.parametrize(
    "part",
    ["a", "a://", "eyJ", "a:", "-----BEGIN A ", "T/B", "hooks.slack.com/services/T", "github_pat_"],
)
def test_a_text_of_a_megabyte_is_searched(part: str) -> None:
    text = part * (1_000_000 // len(part)) + " ://"
    assert form_of(text) in ("", "a GitHub token")
    assert not PLACEHOLDER.is_in(text)


def test_a_field_named_like_a_secret_holds_one_or_names_one() -> None:
    assert is_password("spec.password", "hunter2")
    assert is_password("spec.adminPassword", "TRUE\nstory")
    assert not is_password("spec.password", "true\n")
    assert not is_password("spec.secretKeys.password", "hunter2")
    assert not is_password("spec." + "existing" * 20_000 + "Password.password", "{{ .Values.a }}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "local"),
        ("API_TOKEN", "gateway-noauth"),
        ("API_KEY", "sk-111111111111"),
        ("DB_PASSWORD", "XXXXX"),
        ("CLIENT_SECRET", "OAUTH2_CLIENT_SECRET"),
        ("PASSWORD", "not-needed"),
    ],
)
def test_fillers_and_names_of_keys_are_no_credentials(name: str, value: str) -> None:
    assert not is_credential(f"spec.values.{name}", value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("API_KEY", "a8F3kd9"), ("DB_PASSWORD", "shop"), ("API_KEY", "abcdefghijklmnop")],
)
def test_short_passwords_and_long_words_are_credentials(name: str, value: str) -> None:
    assert is_credential(f"spec.values.{name}", value)


def test_an_example_of_a_webhook_is_no_credential() -> None:
    address = "https://hooks.slack.com/services/T{}/B{}/{}"
    assert form_in_use(f"url: {address.format('01A2B3C4D', '01A2B3C4D', 'a1' * 12)}")
    assert not form_in_use(f"url: {address.format('0' * 8, '0' * 8, 'localPlaceholder' + 'X' * 8)}")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.SVC_ONEPASSWORD", "10.10.12.15"),
        ("spec.settings.redis_password", "os.environ/REDIS_PASSWORD"),
        ("spec.plugin.ClientSecret", "urn:k8s:secret:oidc:client"),
        ("spec.oidc.cookieNames.accessToken", "qui-access-token"),
        ("data.OPENAI_API_KEY", "sk-required"),
    ],
)
def test_an_address_a_reference_and_a_name_are_no_credentials(path: str, value: str) -> None:
    assert not is_credential(path, value)


def test_the_credentials_of_an_example_are_not_in_use() -> None:
    assert form_in_use("rtsp://user:pass@camera:554/stream") == ""
    assert form_in_use("rtsp://admin:hunter2@camera:554/stream") == "credentials in an address"
