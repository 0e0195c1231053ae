"""Chart archives from strangers: read in memory, within limits, never unpacked to disk.

Only regular files count. Links and devices are passed over; a name that leads out of the
archive, or comes twice, refuses it as a whole.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from dataclasses import dataclass

from kubestrata.bindings.document import MAX_BYTES
from kubestrata.bindings.schema_check import shown
from kubestrata.core.errors import ImportSourceError

MAX_MEMBERS = 10_000


@dataclass(slots=True)
class Allowance:
    """What an archive and the archives in it may still unpack to, together."""

    bytes: int = MAX_BYTES
    members: int = MAX_MEMBERS


def _refuse(where: str, why: str) -> ImportSourceError:
    return ImportSourceError(where, "cannot be unpacked", why)


def _unpack(where: str, data: bytes, allowance: Allowance) -> bytes:
    machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = machine.decompress(data, allowance.bytes + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise _refuse(where, f"is no gzip: {error}") from None
    if len(text) > allowance.bytes:
        raise _refuse(where, f"unpacks to more than {MAX_BYTES} bytes")
    if not machine.eof:
        raise _refuse(where, "is cut off")
    allowance.bytes -= len(text)
    return text


def read_archive(where: str, data: bytes, allowance: Allowance) -> dict[str, bytes]:
    """The regular files by name, sorted; raises ImportSourceError for what is no plain archive."""
    files: dict[str, bytes] = {}
    text = _unpack(where, data, allowance)
    try:
        with tarfile.open(fileobj=io.BytesIO(text), mode="r:") as archive:
            while (member := archive.next()) is not None:
                allowance.members -= 1
                if allowance.members < 0:
                    raise _refuse(where, f"has more than {MAX_MEMBERS} members")
                _take(where, archive, member, files)
    except (tarfile.TarError, ValueError, OSError, OverflowError, RecursionError) as error:
        raise _refuse(where, f"is no tar: {str(error) or type(error).__name__}") from None
    return dict(sorted(files.items()))


def _take(
    where: str, archive: tarfile.TarFile, member: tarfile.TarInfo, files: dict[str, bytes]
) -> None:
    parts = member.name.removeprefix("./").split("/")
    if not member.name.isprintable() or "\\" in member.name or member.name.startswith("/"):
        raise _refuse(where, f"a member is called '{shown(member.name)}'")
    if ".." in parts:
        raise _refuse(where, f"'{shown(member.name)}' leads out of it")
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
        return
    name = "/".join(part for part in parts if part not in ("", "."))
    if name in files:
        raise _refuse(where, f"'{shown(name)}' is in it twice")
    stream = archive.extractfile(member)
    content = stream.read() if stream and member.size > 0 else b""
    if len(content) != member.size:
        raise _refuse(where, f"'{shown(name)}' is cut off")
    files[name] = content
