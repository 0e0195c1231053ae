"""Groups of options of ingress-nginx."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

_SIZE = re.compile(r"[0-9]+[kKmMgG]?\Z")
_NAME = re.compile(r"[-A-Za-z0-9_]+\Z")


def check_size(what: str, size: str) -> None:
    """Raise InvalidValue for a size that nginx cannot read."""
    if not _SIZE.match(size):
        why = "is not a size of nginx: must be digits with k, m or g"
        raise InvalidValue(f"{what} {size!r}", why, "write '50m', or '0' for no limit")


class NginxTimeouts(Frozen, kw_only=True):
    """Seconds to connect to a pod, and between two reads or writes; None is nginx's default."""

    connect_seconds: int | None = None
    read_seconds: int | None = None
    send_seconds: int | None = None

    def __post_init__(self) -> None:
        for key, value in self.annotations.items():
            if int(value) <= 0:
                raise InvalidValue(f"{key} {value}", "is not a positive number of seconds")

    @property
    def annotations(self) -> Mapping[str, str]:
        """Return the annotations, without their prefix."""
        connect, read, send = self.connect_seconds, self.read_seconds, self.send_seconds
        found = {"connect": connect, "read": read, "send": send}
        given = {key: str(each) for key, each in found.items() if each is not None}
        return {f"proxy-{key}-timeout": each for key, each in given.items()}


class NginxBuffers(Frozen, kw_only=True):
    """Buffers of a request; None is nginx's default.

    `size` is that of the first part of the response, with all its headers, and `number` how many
    there are. `responses` and `requests` turn buffering on or off: off for streams and uploads.
    """

    size: str | None = None
    number: int | None = None
    responses: bool | None = None
    requests: bool | None = None

    def __post_init__(self) -> None:
        if self.size is not None:
            check_size("buffer size", self.size)
        if self.number is not None and self.number <= 0:
            raise InvalidValue(f"number of buffers {self.number!r}", "is not positive")

    @property
    def annotations(self) -> Mapping[str, str]:
        """Return the annotations, without their prefix."""
        found = {
            "proxy-buffer-size": self.size,
            "proxy-buffers-number": str(self.number) if self.number is not None else None,
            "proxy-buffering": _switch(self.responses),
            "proxy-request-buffering": _switch(self.requests),
        }
        return {key: each for key, each in found.items() if each is not None}


def _switch(value: bool | None) -> str | None:  # noqa: FBT001  # one of three states
    return None if value is None else "on" if value else "off"


class NginxAuth(Frozen):
    """Authentication of requests; use one of the factories below."""

    annotations: Mapping[str, str]
    file: SecretReference | None = None

    @classmethod
    def external(
        cls,
        url: str,
        *,
        sign_in: str | None = None,
        response_headers: Sequence[str] = (),
        snippet: str | None = None,
    ) -> NginxAuth:
        """Return a service at `url` that answers 200 for requests that may pass.

        Others are redirected to `sign_in`; `response_headers` of the service are added to the
        request. `snippet` is configuration of nginx for the call of the service, which the
        controller has to allow (`allowSnippetAnnotations`).
        """
        for each in (url, sign_in):
            if each is not None and not each.startswith(("http://", "https://")):
                fix = "write the scheme: 'http://...'"
                raise InvalidValue(f"URL {each!r} of NginxAuth", "has no scheme", fix)
        for each in response_headers:
            if not _NAME.match(each):
                raise InvalidValue(f"response header {each!r}", "is not the name of a header")
        found = {
            "auth-url": url,
            "auth-signin": sign_in,
            "auth-response-headers": ",".join(response_headers) or None,
            "auth-snippet": snippet,
        }
        return cls({key: each for key, each in found.items() if each is not None})

    @classmethod
    def basic(cls, file: SecretReference, *, realm: str = "Authentication Required") -> NginxAuth:
        """Return HTTP basic authentication, by the htpasswd file in key `auth` of a Secret."""
        name = file.key("auth").name
        return cls({"auth-type": "basic", "auth-secret": name, "auth-realm": realm}, file)


class NginxCanary(Frozen):
    """A second Ingress of the same host that gets some requests; use one of the factories below."""

    annotations: Mapping[str, str]

    @classmethod
    def weight(cls, percent: int) -> NginxCanary:
        """Return a share of the requests."""
        if not 0 <= percent <= 100:
            raise InvalidValue(f"weight {percent!r} of a canary", "is not within 0-100")
        return cls({"canary": "true", "canary-weight": str(percent)})

    @classmethod
    def header(cls, name: str, value: str | None = None) -> NginxCanary:
        """Return requests with a header of this value, by default `always`."""
        if not _NAME.match(name):
            raise InvalidValue(f"header {name!r} of a canary", "is not the name of a header")
        found = {"canary": "true", "canary-by-header": name}
        return cls(found | ({"canary-by-header-value": value} if value is not None else {}))

    @classmethod
    def cookie(cls, name: str) -> NginxCanary:
        """Return requests with a cookie of value `always`."""
        if not _NAME.match(name):
            raise InvalidValue(f"cookie {name!r} of a canary", "is not the name of a cookie")
        return cls({"canary": "true", "canary-by-cookie": name})
