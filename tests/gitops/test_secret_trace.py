"""Texts that charts make of secret values are recognised by rendering them with other secrets."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping

import pytest

from kubestrata.gitops.secret_trace import SecretTrace
from kubestrata.helm.rendered import NotRendered, Rendered, RenderedObject

SECRET = "hunter47Xyzzy9Plugh"


def trace() -> SecretTrace:
    return SecretTrace.of({"auth": {"password": SECRET}, "port": 80})


def made(text: str) -> Rendered:
    manifest = {"kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": text}}
    return Rendered((RenderedObject(manifest, "web/templates/a.yaml"),))


@pytest.mark.parametrize(
    "text", [SECRET, "f00dcafe12345678", "0012345678", "p-ä ss.Word_9", "ABCDEF0123"]
)
def test_a_dummy_has_the_form_of_the_secret_and_shares_no_letter(text: str) -> None:
    (dummy,) = SecretTrace.of({"password": text}).dummies.values()
    assert len(dummy) == len(text)
    pairs = list(zip(text, dummy, strict=True))
    assert all(
        (one.isdigit(), one.isupper()) == (each.isdigit(), each.isupper()) for one, each in pairs
    )
    assert not [one for one, each in pairs if one == each and one.isascii() and one.isalnum()]


def test_values_have_the_dummy_wherever_the_secret_is() -> None:
    values = {"password": SECRET, "urls": [f"db://{SECRET}@host"], "port": 80, "on": True}
    (dummy,) = trace().dummies.values()
    assert trace().replaced(values) == {
        "password": dummy,
        "urls": [f"db://{dummy}@host"],
        "port": 80,
        "on": True,
    }


FORMS: Mapping[str, Callable[[str], str]] = {
    "upper": str.upper,
    "cut": lambda text: text[:8],
    "encoded": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "reversed": lambda text: text[::-1],
    "hash": lambda text: hashlib.sha256(text.encode()).hexdigest(),
}


@pytest.mark.parametrize("name", FORMS)
def test_whatever_a_template_makes_of_a_secret_is_found(name: str) -> None:
    form = FORMS[name]
    (dummy,) = trace().dummies.values()
    text = f"listen on 80\nurl: db://user:{form(SECRET)}@host/db\n"
    found = set(trace().derived(made(text), made(text.replace(form(SECRET), form(dummy)))))
    assert form(SECRET) in found
    assert not [each for each in found if "listen" in each or "host" in each]


def test_reasons_are_compared_too() -> None:
    result, other = NotRendered("HUNTER47XYZZY is too short"), NotRendered("AAAA is too short")
    assert "HUNTER47XYZZY" in set(trace().derived(result, other))


def test_usual_forms_are_hidden_where_a_chart_refuses_the_dummy() -> None:
    found = set(trace().derived(made("x"), NotRendered("refused", is_refused=True)))
    assert {SECRET, SECRET.upper(), SECRET[:8]} <= found


def test_values_without_secrets_have_no_dummies() -> None:
    values = {"port": 80, "passwordKey": "password", "existingSecret": "web-login"}
    assert SecretTrace.of(values).dummies == {}
