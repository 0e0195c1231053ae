"""Charts in OCI registries, read without credentials, with a bearer token where one is required.

Source: OCI distribution specification, and Helm's media types.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from kubestrata.bindings.source.download import DownloadError, download
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.json_value import mapping, sequence
from kubestrata.helm.chart_source import is_loopback, require_https
from kubestrata.helm.version_range import highest, parse_version, plain

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CHART_LAYERS = ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip")
_UNAUTHORIZED, _NOT_FOUND = 401, 404
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_MOST_TAGS = 10_000


class RegistryChart:
    """A chart at `oci://HOST/PATH`; over http only on this machine."""

    def __init__(self, source: str) -> None:
        parts = urlsplit(source)
        scheme = "http" if is_loopback(parts.hostname) else "https"
        self._source = source
        self._base = f"{scheme}://{parts.netloc}/v2{parts.path.rstrip('/')}"
        self._headers: dict[str, str] = {}

    def fetch(self, version: str) -> bytes:
        """Return the archive at a version, a digest, or the highest version of a range.

        Raises ImportSourceError if there is none, or its digest is not that of the manifest.
        """
        manifest = self._manifest(version)
        for each in map(mapping, sequence(manifest.get("layers"))):
            if each.get("mediaType") in _CHART_LAYERS:
                digest = str(each.get("digest"))
                data = self._get(f"blobs/{self._checked(digest)}")
                self._require_digest(data, digest)
                return data
        raise self._refused(version, "has no layer with a chart")

    def _manifest(self, version: str) -> dict[str, Any]:
        if _DIGEST.match(version):
            data = self._get(f"manifests/{version}", _MANIFEST)
            self._require_digest(data, version)
            return self._json(data)
        if parse_version(version) is None:
            listed = sequence(self._json(self._get(f"tags/list?n={_MOST_TAGS}")).get("tags"))
            chosen = highest([str(each).replace("_", "+") for each in listed], version)
            if chosen is None:
                raise self._refused(version, "is in no tag of the registry")
            version = chosen
        tags = dict.fromkeys((version, plain(version), f"v{plain(version)}"))
        for tag in tags:
            try:
                return self._json(self._get(f"manifests/{tag.replace('+', '_')}", _MANIFEST))
            except DownloadError as error:
                if error.status != _NOT_FOUND:
                    raise
        raise self._refused(version, "is not in the registry")

    def _get(self, path: str, accept: str = "*/*") -> bytes:
        url = f"{self._base}/{path}"
        try:
            return download(url, {**self._headers, "Accept": accept})
        except DownloadError as error:
            if error.status != _UNAUTHORIZED or self._headers or not error.challenge:
                raise
            self._headers = {"Authorization": f"Bearer {self._token(error.challenge)}"}
        return download(url, {**self._headers, "Accept": accept})

    def _token(self, challenge: str) -> str:
        """Return a token for anybody (source: distribution specification, token authentication)."""
        facts = dict(_PARAMETER.findall(challenge))
        if not challenge.lower().startswith("bearer ") or "realm" not in facts:
            raise self._refused("", "requires a login, which is not supported")
        named = {name: facts[name] for name in ("service", "scope") if name in facts}
        answer = self._json(download(require_https(f"{facts['realm']}?{urlencode(named)}")))
        token = answer.get("token") or answer.get("access_token")
        if not isinstance(token, str) or not token.isprintable():
            raise self._refused("", "gives no token without a login")
        return token

    def _json(self, data: bytes) -> dict[str, Any]:
        try:
            return mapping(json.loads(data))
        except (ValueError, RecursionError):
            raise self._refused("", "the registry's answer is not JSON") from None

    def _checked(self, digest: str) -> str:
        if not _DIGEST.match(digest):
            raise self._refused("", "the manifest has a digest that is not sha256")
        return digest

    def _require_digest(self, data: bytes, digest: str) -> None:
        found = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if found != digest:
            raise self._refused("", f"its digest is {found}, expected {digest}")

    def _refused(self, version: str, why: str) -> ImportSourceError:
        return ImportSourceError(self._source, f"chart {version}".rstrip(), why)
