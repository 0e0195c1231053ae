"""Applications at a provider of OpenID Connect."""

from __future__ import annotations

import pytest

from kubestrata.constructs.identity import OidcClient
from kubestrata.core.errors import InvalidValue
from tests.constructs.data.world import secret, world


def test_a_client_requests_openid_first_and_names_each_origin_once() -> None:
    shop, _ = world()
    client = OidcClient(
        id="shop",
        redirects=["https://shop.example.com/callback", "https://shop.example.com/again"],
        secret=secret(shop, "login", "client-secret").key("client-secret"),
        scopes=["profile", "openid"],
    )
    assert client.all_scopes == ["openid", "profile"]
    assert client.origins == ["https://shop.example.com"]


def test_a_program_on_the_own_machine_may_listen_without_tls() -> None:
    cli = OidcClient(id="cli", redirects=["http://localhost:8000/callback"], secret=None)
    assert cli.origins == ["http://localhost:8000"]


@pytest.mark.parametrize(
    ("redirect", "why"),
    [
        ("https://*.example.com/callback", "any address that matches gets the code"),
        ("https://shop.example.com/*", "any address that matches gets the code"),
        ("http://shop.example.com/callback", "must be https"),
        ("https://shop.example.com/callback#top", "must have no fragment"),
        ("shop.example.com/callback", "is not a URL"),
    ],
)
def test_an_unsafe_redirect_is_refused(redirect: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        OidcClient(id="shop", redirects=[redirect], secret=None)


def test_a_client_without_redirects_is_refused() -> None:
    with pytest.raises(InvalidValue, match="has no redirect URIs"):
        OidcClient(id="shop", redirects=[], secret=None)
    with pytest.raises(InvalidValue, match="has no redirect URIs"):
        OidcClient(id="shop", redirects="https://shop.example.com/", secret=None)


def test_a_public_client_requires_pkce() -> None:
    with pytest.raises(InvalidValue, match="does not use PKCE"):
        OidcClient(id="cli", redirects=["https://cli.example.com/callback"], secret=None, pkce=None)


def test_an_id_and_a_scope_are_words() -> None:
    redirects = ["https://shop.example.com/callback"]
    with pytest.raises(InvalidValue, match="is not a client id"):
        OidcClient(id=" shop", redirects=redirects, secret=None)
    with pytest.raises(InvalidValue, match="is not one word"):
        OidcClient(id="shop", redirects=redirects, secret=None, scopes=["email profile"])
