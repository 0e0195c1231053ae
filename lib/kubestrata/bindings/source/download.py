"""One file over the network: complete, over https only, bounded in time and size.

Every failure names the URL. The whole answer has a time limit beside that of a single read, so a
server that sends a byte now and then is refused too.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import IO

from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.core.errors import ImportSourceError

_READ_SECONDS = 30
_TOTAL_SECONDS = 120
_CHUNK_BYTES = 1 << 16
_HEADERS = {"User-Agent": "kubestrata"}
_FIX = "check the address and the network, or import from a file or a mirror (--mirror)"


class DownloadError(ImportSourceError):
    """A failed download; `status` is that of an HTTP error, `challenge` its WWW-Authenticate."""

    def __init__(self, url: str, why: str, status: int = 0, challenge: str = "") -> None:
        self.status = status
        self.challenge = challenge
        super().__init__(url, "cannot be downloaded", why, _FIX)


class _RefusedError(Exception):
    """A refused response; the text has the reason."""


@dataclass(slots=True)
class _Attempt:
    """A download in a thread of its own: its bytes, or the error that ended it."""

    data: bytes | None = None
    error: Exception | None = None

    def run(self, fetch: Callable[[], bytes]) -> None:
        try:
            self.data = fetch()
        except Exception as error:  # noqa: BLE001  # raised again by who waits for the thread
            self.error = error


class _HttpsRedirects(urllib.request.HTTPRedirectHandler):
    """Redirects that stay on https; urllib itself ends loops."""

    def redirect_request(  # the signature is urllib's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.lower().startswith("https://"):
            fp.close()
            raise _RefusedError(f"the server redirects away from https, to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(
    url: str, headers: Mapping[str, str] | None = None, *, total_seconds: float = _TOTAL_SECONDS
) -> bytes:
    """Return the bytes at a URL; `headers` are not sent to where it redirects.

    Raises:
        DownloadError: they did not arrive whole, in time, or over https all the way.
    """
    attempt = _Attempt()
    deadline = time.monotonic() + total_seconds
    # A name server, a handshake and headers can be slow as well: only a thread bounds them all.
    thread = Thread(
        target=attempt.run, args=(lambda: _fetch(url, headers or {}, deadline),), daemon=True
    )
    thread.start()
    thread.join(total_seconds)
    if attempt.data is not None:
        return attempt.data
    if isinstance(attempt.error, urllib.error.HTTPError):
        with attempt.error as refusal:
            challenge = refusal.headers.get("WWW-Authenticate", "")
            raise DownloadError(url, _reason(refusal), refusal.code, challenge) from None
    error = attempt.error or _RefusedError(f"it took longer than {total_seconds:g} seconds")
    if isinstance(error, (_RefusedError, OSError, ValueError, http.client.HTTPException)):
        raise DownloadError(url, _reason(error)) from None
    raise error


def _fetch(url: str, headers: Mapping[str, str], deadline: float) -> bytes:
    opener = urllib.request.build_opener(_HttpsRedirects)
    request = urllib.request.Request(url, headers=_HEADERS)  # noqa: S310  # https, as addresses are
    for name, value in headers.items():
        request.add_unredirected_header(name, value)
    with opener.open(request, timeout=_READ_SECONDS) as answer:
        if answer.status != http.client.OK:
            raise _RefusedError(f"the server answers {answer.status} {answer.reason}")
        if answer.length is None and not answer.chunked:
            raise _RefusedError("the answer has no length, so a cut-off download is not noticed")
        return _read(answer, deadline)


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    data = bytearray()
    while chunk := answer.read1(_CHUNK_BYTES):
        data += chunk
        if len(data) > MAX_BYTES:
            raise _RefusedError(f"it is larger than {MAX_BYTES} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError("timed out")
    if answer.length:
        raise _RefusedError(
            f"cut off: {answer.length} of {answer.length + len(data)} bytes missing"
        )
    return bytes(data)


def _reason(error: Exception) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "cut off: the last part is missing"
    lines = str(error).splitlines()  # urllib's message of a redirect loop has several
    return " ".join(lines) or type(error).__name__
