"""Checks of addresses of servers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.placeholder import MARK

_HTTP = ("https", "http")
_PASSWORD = re.compile(r"[A-Za-z0-9+.-]+://[^\s/@:]*:([^\s/@]+)@")
_LOGIN = re.compile(r"(?<=://)[^\s/@]*@")
_SCP = re.compile(r"([A-Za-z0-9._-]+@[A-Za-z0-9.-]+):(?!//)(\S+)\Z")
_NO_SCHEME = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?(/\S*)?\Z")


def check_url(what: str, url: object, *, schemes: Sequence[str] = _HTTP) -> None:
    """Raise InvalidValue unless `url` has one of the schemes, a host, and no blank.

    A placeholder may stand for the scheme and the host. A password is an error, and not shown.
    """
    found = _PASSWORD.match(url) if isinstance(url, str) else None
    if found is not None and not MARK.search(found[1]):
        why = "has a password, which everybody who reads the repository would have"
        fix = "leave the login out, and pass it as a Secret"
        raise InvalidValue(f"{what} {without_login(str(url))!r}", why, fix)
    pattern = rf"(({'|'.join(schemes)})://[^\s/]|{MARK.pattern})\S*"
    if isinstance(url, str) and re.fullmatch(pattern, url):
        return
    listed = " or ".join(f"{each}://" for each in schemes)
    why = f"is not a URL: must begin with {listed} and name a host"
    raise InvalidValue(f"{what} {url!r}", why, _fix(str(url), schemes))


def _fix(url: str, schemes: Sequence[str]) -> str | None:
    if "ssh" in schemes and (found := _SCP.match(url)):
        return f"write 'ssh://{found[1]}/{found[2]}'"
    return f"write '{schemes[0]}://{url}'" if _NO_SCHEME.match(url) else None


def without_login(url: str) -> str:
    """Return an address for a message: without its login, query and fragment."""
    return re.split(r"[?#]", _LOGIN.sub("", url))[0]
