"""A folder of upstream files that is read instead of the network.

Its index `SOURCES.tsv` has a heading line and at least the columns `file`, `version_commit`
(`version@commit`), `repo` (`github.com/org/repo`), `path` and `sha256`. Several files may
come from one address: an upstream file of many documents that the mirror has split.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

from kubestrata.bindings.source.address import ARCHIVES, RAW_HOST
from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen

INDEX = "SOURCES.tsv"
_COLUMNS = ("file", "version_commit", "repo", "path", "sha256")


class Mirror(Frozen):
    """The index of a mirror: address -> its files with their sha256."""

    folder: Path
    files: Mapping[str, tuple[tuple[str, str], ...]]

    def read(self, url: str) -> list[bytes] | None:
        """Return the files of an address, None if there are none; raise if one was changed."""
        rows = self.files.get(url)
        return None if rows is None else [self._read(name, sha256) for name, sha256 in sorted(rows)]

    def _read(self, name: str, sha256: str) -> bytes:
        path = self.folder / name
        where = f"mirror file {name}"
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ImportSourceError(where, "cannot be read", "lies outside of the mirror")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ImportSourceError(where, "cannot be read", error.strerror or "unknown") from None
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise ImportSourceError(where, f"sha256 is {found}", f"the index has {sha256}")
        packed = name.endswith(".gz") and not name.endswith(ARCHIVES)
        return unpack(where, data) if packed else data


def unpack(where: str, data: bytes) -> bytes:
    """Unpack gzip; raise if the result exceeds the limit."""
    machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = machine.decompress(data, MAX_BYTES + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise ImportSourceError(where, "cannot be unpacked", str(error)) from None
    if len(text) > MAX_BYTES or not machine.eof:
        why = f"is cut off or larger than {MAX_BYTES} bytes"
        raise ImportSourceError(where, "cannot be unpacked", why)
    return text


def _addresses(row: Mapping[str, str]) -> list[str]:
    """Return the raw addresses of one row: by version and by commit; Kubernetes' schemas by branch.

    Before the tag of its repository (`0.6.2; chart-0.6.2@commit`) a chart's own version may stand.
    """
    version, _, commit = row["version_commit"].rpartition("; ")[2].partition("@")
    repository = row["repo"].removeprefix("github.com/")
    if repository == "cdk8s-team/cdk8s":
        version = "master"
    return [f"{RAW_HOST}/{repository}/{ref}/{row['path']}" for ref in (version, commit) if ref]


def open_mirror(folder: Path) -> Mirror:
    """Read a mirror's index; raises ImportSourceError if there is none."""
    path = folder / INDEX
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise ImportSourceError(str(path), "is not a valid mirror index", str(error)) from None
    files: dict[str, tuple[tuple[str, str], ...]] = {}
    if rows and not set(_COLUMNS) <= set(rows[0]):
        raise ImportSourceError(
            str(path), "is not a valid mirror index", f"needs columns {', '.join(_COLUMNS)}"
        )
    for row in rows:
        for address in _addresses(row):
            files[address] = (*files.get(address, ()), (row["file"], row["sha256"]))
    return Mirror(folder, files)
