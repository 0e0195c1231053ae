"""Charts as files by name, and as archives whose bytes depend on nothing but those files."""

from __future__ import annotations

import struct
import tarfile
import zlib
from collections.abc import Mapping

from kubestrata.bindings.source.address import ARCHIVES
from kubestrata.bindings.source.archive import Allowance, read_archive
from kubestrata.core.errors import ImportSourceError

CHART_FILE = "Chart.yaml"
_DEEPEST = 5
_STORED_BYTES = 0xFFFF
_LONGEST_NAME, _LARGEST = 100, 8**11 - 1
_SIZE, _SUM = slice(124, 135), slice(148, 156)
_EMPTY = tarfile.TarInfo().tobuf(tarfile.GNU_FORMAT)
_GZIP_HEADER = b"\x1f\x8b\x08" + b"\0" * 6 + b"\xff"


def packed(name: str, files: Mapping[str, bytes]) -> bytes:
    """Return a chart archive of files, which are named without the folder of the chart.

    It is not compressed: what zlib makes of the same bytes differs between its versions.
    """
    parts: list[bytes] = []
    for path in sorted(files):
        data = files[path]
        parts += (_header(f"{name}/{path}", len(data)), data, bytes(-len(data) % tarfile.BLOCKSIZE))
    length = sum(map(len, parts)) + 2 * tarfile.BLOCKSIZE
    parts.append(bytes(2 * tarfile.BLOCKSIZE + -length % tarfile.RECORDSIZE))
    return _gzip(b"".join(parts))


def _header(path: str, size: int) -> bytes:
    """Return the header of a file as tarfile makes it, which takes ten times as long."""
    name = path.encode()
    if len(name) >= _LONGEST_NAME or size > _LARGEST or not path.isascii():
        member = tarfile.TarInfo(path)
        member.size = size
        return member.tobuf(tarfile.GNU_FORMAT)
    head = bytearray(_EMPTY)
    head[: len(name)] = name
    head[_SIZE] = b"%011o" % size
    head[_SUM] = b" " * 8
    head[_SUM] = b"%06o\0 " % sum(head)
    return bytes(head)


def _gzip(data: bytes) -> bytes:
    parts = [_GZIP_HEADER]
    for start in range(0, len(data), _STORED_BYTES):
        part = data[start : start + _STORED_BYTES]
        is_last = start + _STORED_BYTES >= len(data)
        parts += (struct.pack("<BHH", is_last, len(part), len(part) ^ 0xFFFF), part)
    parts.append(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(parts)


def unpacked(where: str, data: bytes) -> dict[str, bytes]:
    """Return the files of a chart archive; those of archives in its charts/ are in folders there.

    Raises ImportSourceError if it is damaged, too large or dangerous, or is not a chart.
    """
    files = _unpacked(where, data, Allowance(), 0)
    if CHART_FILE not in files:
        fix = "use a chart that `helm package` has packed"
        raise ImportSourceError(where, "is not a valid chart", f"has no {CHART_FILE}", fix)
    return files


def expanded(where: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a chart with the archives in its charts/ as folders."""
    return _expanded(where, files, Allowance(), 0)


def _unpacked(where: str, data: bytes, allowance: Allowance, depth: int) -> dict[str, bytes]:
    if depth > _DEEPEST:
        why = f"has archives within archives, more than {_DEEPEST} levels deep"
        raise ImportSourceError(where, "cannot be unpacked", why)
    members = read_archive(where, data, allowance)
    files = {path.partition("/")[2]: each for path, each in members.items() if "/" in path}
    return _expanded(where, files, allowance, depth)


def _expanded(
    where: str, files: Mapping[str, bytes], allowance: Allowance, depth: int
) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, content in files.items():
        if not _is_sub_chart(name):
            found[name] = content
            continue
        below = _unpacked(f"{where}/{name}", content, allowance, depth + 1)
        folder = name
        for suffix in ARCHIVES:
            folder = folder.removesuffix(suffix)
        found |= {f"{folder}/{path}": each for path, each in below.items()}
    return found


def _is_sub_chart(name: str) -> bool:
    """Return True for an archive that Helm loads: directly in a charts/ folder."""
    parts = name.split("/")
    # Helm skips names that begin with an underscore or a dot.
    return name.endswith(ARCHIVES) and parts[-2:-1] == ["charts"] and parts[-1][0] not in "._"
