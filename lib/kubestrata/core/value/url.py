"""Checks of addresses of servers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.placeholder import MARK

_HTTP = ("https", "http")
_NO_SCHEME = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?(/\S*)?\Z")


def check_url(what: str, url: object, *, schemes: Sequence[str] = _HTTP) -> None:
    """Raise InvalidValue unless `url` has one of the schemes, a host, and no blank.

    A placeholder may stand for the scheme and the host.
    """
    pattern = rf"(({'|'.join(schemes)})://[^\s/]|{MARK.pattern})\S*"
    if isinstance(url, str) and re.fullmatch(pattern, url):
        return
    listed = " or ".join(f"{each}://" for each in schemes)
    why = f"is not a URL: must begin with {listed} and name a host"
    is_bare = isinstance(url, str) and _NO_SCHEME.match(url) is not None
    raise InvalidValue(f"{what} {url!r}", why, f"write '{schemes[0]}://{url}'" if is_bare else None)
