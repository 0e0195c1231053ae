"""Applications that log people in by OpenID Connect, independent of their provider."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.argument import require_each
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.url import check_url

_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_SCOPE = re.compile(r"[!#-\[\]-~]+\Z")  # source: RFC 6749, scope-token
Pkce = Literal["S256"]


class OidcApplication(Frozen, kw_only=True):
    """One application that logs people in: its redirect URIs and its scopes.

    `redirects` are the addresses to which the provider sends people back, compared as a whole.
    `scopes` come beside `openid`. Raises InvalidValue.
    """

    id: str
    redirects: Sequence[str]
    name: str = ""
    scopes: Sequence[str] = ("email", "profile")
    pkce: Pkce | None = "S256"

    def __post_init__(self) -> None:
        what = f"OIDC client {self.id!r}"
        if not self.id or self.id.strip() != self.id:
            raise InvalidValue(what, "is not a client id: must be text without outer blanks")
        if isinstance(self.redirects, str) or not self.redirects:
            why = "has no redirect URIs: must be a list with one or more"
            raise InvalidValue(what, why, "write redirects=['https://app.example.com/callback']")
        for each in self.redirects:
            _check_redirect(what, each)
        require_each(f"scopes of {what}", self.scopes, str)
        for each in self.scopes:
            if not _SCOPE.match(each):
                raise InvalidValue(what, f"has the scope {each!r}, which is not one word")

    @property
    def all_scopes(self) -> list[str]:
        """Return the scopes that the application requests, `openid` first."""
        return ["openid", *(each for each in self.scopes if each != "openid")]

    @property
    def origins(self) -> list[str]:
        """Return scheme and host of each redirect URI, once, as browsers send them."""
        found = [urlsplit(each) for each in self.redirects]
        return list(dict.fromkeys(f"{each.scheme}://{each.netloc}" for each in found))

    def client(self, secret: SecretKey | None) -> OidcClient:
        """Return the application with the key of its secret, None for a public client."""
        return OidcClient(
            id=self.id,
            redirects=self.redirects,
            name=self.name,
            scopes=self.scopes,
            pkce=self.pkce,
            secret=secret,
        )


class OidcClient(OidcApplication, kw_only=True):
    """An application at its provider, with the key of its secret.

    `secret` is None for a public client: a program on the person's own machine. Raises InvalidValue
    for a public client without PKCE.
    """

    secret: SecretKey | None

    def __post_init__(self) -> None:
        # Not super(): a dataclass with slots replaces the class that it is called in.
        OidcApplication.__post_init__(self)
        if self.secret is None and self.pkce is None:
            why = "is public and does not use PKCE: who intercepts a code can log in with it"
            what = f"OIDC client {self.id!r}"
            raise InvalidValue(what, why, "leave pkce='S256', or pass a secret")


def _check_redirect(what: str, url: str) -> None:
    check_url(f"redirect URI of {what}", url)
    parts = urlsplit(url)
    if "*" in url:
        why = f"has the redirect URI {url!r}, with which any address that matches gets the code"
        raise InvalidValue(what, why, "write each address in full")
    if parts.fragment:
        raise InvalidValue(what, f"has the redirect URI {url!r}: must have no fragment")
    if parts.scheme != "https" and parts.netloc.rpartition(":")[0] not in _LOCAL:
        why = f"has the redirect URI {url!r}: must be https, but for programs on the own machine"
        raise InvalidValue(what, why, f"write 'https://{url.partition('://')[2]}'")
