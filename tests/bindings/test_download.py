"""Downloads from servers on the loopback interface that answer badly, slowly or not at all."""

from __future__ import annotations

import re
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import pytest

from kubestrata.bindings import generate
from kubestrata.bindings.source import download as module
from kubestrata.bindings.source.download import download
from kubestrata.core.errors import ImportSourceError

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def sized(body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return OK + f"Content-Length: {size}\r\n\r\n".encode() + body


class Server:
    """A server that sends `answer` to every request; with `drip`, a byte at a time."""

    def __init__(self) -> None:
        self.answer = b""
        self.drip = 0.0
        self.requests: list[bytes] = []
        self._stopped = Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/crd.yaml"
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with self._socket:
            while not self._stopped.is_set():
                try:
                    client, _ = self._socket.accept()
                except TimeoutError:
                    continue
                with client:
                    client.settimeout(5)
                    self.requests.append(client.recv(1 << 16))
                    self._send(client)

    def _send(self, client: socket.socket) -> None:
        try:
            if not self.drip:
                client.sendall(self.answer)
                return
            for byte in self.answer:
                if self._stopped.wait(self.drip):
                    return
                client.sendall(bytes([byte]))
        except OSError:
            return  # the client gave up, as it should

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Server()
    yield made
    made.stop()


@contextmanager
def refused(url: str, why: str) -> Iterator[None]:
    """The block ends in the error of a download that names the URL, why, and what to do."""
    expected = f"^{re.escape(url)}: cannot be downloaded: .*{why}.*\n  fix: check the address"
    with pytest.raises(ImportSourceError, match=expected):
        yield


@pytest.mark.parametrize(
    "answer",
    [sized(b"a: 1\n"), CHUNKED + b"3\r\na: \r\n2\r\n1\n\r\n0\r\n\r\n"],
    ids=["sized", "chunked"],
)
def test_a_whole_answer_is_returned(server: Server, answer: bytes) -> None:
    server.answer = answer
    assert download(server.url) == b"a: 1\n"


@pytest.mark.parametrize(
    "answer",
    [
        sized(b"a: 1\n", 6),
        sized(b"", 10),
        sized(b"a" * 70_000, 1 << 20),
        CHUNKED + b"3\r\na: \r\n5\r\n1",
        CHUNKED + b"3\r\na: \r\n",
        CHUNKED + b"3\r\na",
        CHUNKED,
    ],
)
def test_a_cut_off_answer_is_refused(server: Server, answer: bytes) -> None:
    server.answer = answer
    with refused(server.url, "cut off"):
        download(server.url)


def test_an_answer_without_a_length_is_refused(server: Server) -> None:
    server.answer = OK + b"\r\na: 1\n"
    with refused(server.url, "no length"):
        download(server.url)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "closed connection without response"),
        (b"\x00\xff\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "more than 65536 bytes"),
        (OK + b"X: 1\r\n" * 200 + b"\r\n", "more than 100 headers"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "204"),
        (b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\na", "206"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "302"),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\n\r\n", "302"),
        (CHUNKED + b"zz\r\n", "cut off"),
    ],
)
def test_an_answer_that_is_not_a_file_is_refused(server: Server, answer: bytes, why: str) -> None:
    server.answer = answer
    with refused(server.url, why):
        download(server.url)


def test_a_redirect_loop_ends(server: Server) -> None:
    server.answer = f"HTTP/1.1 302 Found\r\nLocation: {server.url}\r\n\r\n".encode()
    with refused(server.url, "302"):
        download(server.url)
    assert len(server.requests) < 20


def test_an_answer_that_is_too_large_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    server.answer = sized(b"a" * 11)
    with refused(server.url, "larger than 10 bytes"):
        download(server.url)


@pytest.mark.parametrize("answer", [OK + b"X: " + b"x" * 1000, sized(b"a" * 1000)])
def test_a_server_that_drips_is_refused(server: Server, answer: bytes) -> None:
    server.answer, server.drip = answer, 0.02
    with refused(server.url, "longer than 0.5 seconds"):
        download(server.url, total_seconds=0.5)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/crd.yaml",  # the discard port: nothing listens
        "http://127.0.0.1:99999/crd.yaml",
        "http://127.0.0.1:port/crd.yaml",
        "http://127.0.0.1/a b.yaml",
        "http://127.0.0.1/ä.yaml",
        "http://.example.invalid/crd.yaml",
        f"http://{'a' * 70}.invalid/crd.yaml",
        "http://[::1/crd.yaml",
        "https:///crd.yaml",
    ],
)
def test_an_address_that_cannot_be_reached_is_named(url: str) -> None:
    with refused(url, ""):
        download(url)


@pytest.mark.parametrize(
    "target", ["http://example.org/a", "HTTP://example.org", "ftp://example.org/a"]
)
def test_a_redirect_away_from_https_is_refused(target: str) -> None:
    request = urllib.request.Request("https://example.org/crd.yaml")
    answer = BytesIO()
    with pytest.raises(module._RefusedError, match="redirects away from https"):
        module._HttpsRedirects().redirect_request(
            request, answer, 302, "Found", HTTPMessage(), target
        )
    assert answer.closed


def test_a_redirect_to_https_is_followed() -> None:
    request = urllib.request.Request("https://example.org/crd.yaml")
    followed = module._HttpsRedirects().redirect_request(
        request, BytesIO(), 302, "Found", HTTPMessage(), "HTTPS://example.net/crd.yaml"
    )
    assert followed is not None
    assert followed.full_url == "HTTPS://example.net/crd.yaml"


def test_an_import_that_cannot_download_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(url: str) -> bytes:
        raise ImportSourceError(url, "cannot be downloaded", "cut off")

    monkeypatch.setattr("kubestrata.bindings.source.retrieve.download", fail)
    config = tmp_path / "cdk8s.yaml"
    config.write_text("imports: []\n")
    with pytest.raises(ImportSourceError, match=r"^https://example\.org/a\.yaml: cannot be"):
        generate(
            config,
            imports_dir=tmp_path / "imports",
            mirror=None,
            add=["https://example.org/a.yaml"],
        )
    assert [path.name for path in tmp_path.iterdir()] == ["cdk8s.yaml"]
    assert config.read_text() == "imports: []\n"
