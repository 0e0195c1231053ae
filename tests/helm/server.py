"""A chart repository and a registry on the loopback interface."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
TOKEN = "a-token-for-anybody"


class Server:
    """Answers with `files` by path; paths below `/v2/` need the token if `is_protected`."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        self.is_protected = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        login = handler.headers.get("Authorization", "")
        self.requests.append((handler.path, login))
        if path == "/token":
            body, status = json.dumps({"token": TOKEN}).encode(), 200
        elif self.is_protected and path.startswith("/v2/") and login != f"Bearer {TOKEN}":
            body, status = b"{}", 401
        else:
            body = self.files.get(path, b"")
            status = 200 if path in self.files else 404
        handler.send_response(status)
        if status == 401:
            challenge = (
                f'Bearer realm="{self.url}/token",service="reg",scope="repository:shop:pull"'
            )
            handler.send_header("WWW-Authenticate", challenge)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)

    def add_chart(self, name: str, archives: Mapping[str, bytes], digest: str = "") -> str:
        """Publish versions of a chart in a repository; return its address."""
        lines = ["apiVersion: v1", "entries:", "  other:", "  - version: 9.9.9", f"  {name}:"]
        for version, data in archives.items():
            sha256 = digest or hashlib.sha256(data).hexdigest()
            lines += [f"  - version: {version}", f"    digest: {sha256}"]
            lines += [f"    urls: [files/{name}-{version}.tgz]"]
            self.files[f"/charts/files/{name}-{version}.tgz"] = data
        self.files["/charts/index.yaml"] = "\n".join([*lines, "  zoo: []", ""]).encode()
        return f"{self.url}/charts"

    def add_oci(self, path: str, tag: str, data: bytes, media: str = CHART_LAYER) -> str:
        """Publish a chart in the registry; return its address."""
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        layers = [
            {"mediaType": "text/plain", "digest": "x"},
            {"mediaType": media, "digest": digest},
        ]
        manifest = json.dumps({"schemaVersion": 2, "layers": layers}).encode()
        self.files[f"/v2/{path}/manifests/{tag}"] = manifest
        self.files[f"/v2/{path}/manifests/sha256:{hashlib.sha256(manifest).hexdigest()}"] = manifest
        self.files[f"/v2/{path}/blobs/{digest}"] = data
        tags = json.loads(self.files.get(f"/v2/{path}/tags/list", b'{"tags": []}'))["tags"]
        self.files[f"/v2/{path}/tags/list"] = json.dumps({"tags": [*tags, tag]}).encode()
        return f"oci://{self.host}/{path}"

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
