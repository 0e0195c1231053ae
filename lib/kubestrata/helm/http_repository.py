"""Chart repositories with an index.yaml."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from kubestrata.bindings.source.document import SourceDocument, decoded, read_documents
from kubestrata.bindings.source.download import download
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.json_value import mapping, sequence
from kubestrata.helm.chart_source import require_https
from kubestrata.helm.version_range import highest, parse_version, plain


class HttpRepository:
    """One repository; its index is downloaded once, when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = require_https(url).rstrip("/") + "/"
        self._index: str | None = None

    def fetch(self, name: str, version: str) -> bytes:
        """Return the archive of a chart at a version or the highest of a range.

        Raises ImportSourceError if there is none, or its digest is not that of the index.
        """
        entry = self._entry(name, version)
        address = next(map(str, sequence(entry.get("urls"))), "")
        if not address:
            raise self._refused(name, version, "has no address in index.yaml")
        data = download(require_https(urljoin(self._url, address)))
        known = str(entry.get("digest") or "").removeprefix("sha256:")
        found = hashlib.sha256(data).hexdigest()
        if known and known != found:
            raise self._refused(name, version, f"sha256 is {found}, index.yaml has {known}")
        return data

    def _entry(self, name: str, version: str) -> dict[str, Any]:
        entries = {str(each.get("version")): each for each in self._entries(name)}
        if not entries:
            raise self._refused(name, version, "is not in index.yaml")
        for known, entry in entries.items():
            if plain(known) == plain(version):
                return entry
        if parse_version(version) is None:
            chosen = highest(entries, version)
            if chosen is not None:
                return entries[chosen]
        newest = highest(entries, "") or next(iter(entries))
        raise self._refused(name, version, f"is not in index.yaml; the newest is {newest}")

    def _entries(self, name: str) -> Iterator[dict[str, Any]]:
        if self._index is None:
            url = f"{self._url}index.yaml"
            try:
                self._index = decoded(download(url))
            except ValueError as error:
                raise ImportSourceError(url, "cannot be read", str(error)) from None
        yield from map(mapping, sequence(self._read(_part(self._index, name)).get(name)))

    def _read(self, text: str) -> dict[str, Any]:
        found = next(iter(read_documents(text)), None)
        if isinstance(found, SourceDocument):
            return mapping(mapping(found.content).get("entries"))
        line, why = (found.line, found.reason) if found else (1, "is empty")
        raise ImportSourceError(f"{self._url}index.yaml:{line}", "cannot be read", why)

    def _refused(self, name: str, version: str, why: str) -> ImportSourceError:
        return ImportSourceError(f"{self._url}", f"chart {name} {version}".rstrip(), why)


def _part(index: str, name: str) -> str:
    """Return the part of an index about one chart, in the usual layout; else the whole index.

    An index has up to 20 MB, nearly all of it about other charts.
    """
    start = re.search(rf"^(  |){re.escape(name)}:\s*$", index, re.MULTILINE)
    entries = re.search(r"^entries:\s*$", index, re.MULTILINE)
    if start is None or entries is None or start.start() < entries.end():
        return index
    own = start[1]
    end = re.compile(rf"^(?:{own}[^\s-]|\S(?<!-))", re.MULTILINE).search(index, start.end())
    return f"entries:\n{index[start.start() : end.start() if end else len(index)]}"
