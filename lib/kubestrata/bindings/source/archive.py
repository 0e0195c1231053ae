"""Chart archives from strangers: read in memory, within limits, never unpacked to disk.

Only regular files count. Links and devices are passed over; a sparse file, a name that leads
out of the archive and one that comes twice refuse it as a whole.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass

from kubestrata.bindings.source.document import MAX_BYTES, shown
from kubestrata.bindings.source.tar import Member, TarError, members
from kubestrata.core.errors import ImportSourceError

MAX_MEMBERS = 10_000


@dataclass(slots=True)
class Allowance:
    """The bytes and members that an archive and the archives in it may still have."""

    bytes: int = MAX_BYTES
    members: int = MAX_MEMBERS


def _refuse(where: str, why: str) -> ImportSourceError:
    return ImportSourceError(where, "cannot be unpacked", why)


def _unpack(where: str, data: bytes, allowance: Allowance) -> bytes:
    machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = machine.decompress(data, allowance.bytes + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise _refuse(where, f"is not a valid gzip file: {error}") from None
    if len(text) > allowance.bytes:
        raise _refuse(where, f"unpacks to more than {MAX_BYTES} bytes")
    if not machine.eof:
        raise _refuse(where, "is cut off")
    allowance.bytes -= len(text)
    return text


def read_archive(where: str, data: bytes, allowance: Allowance) -> dict[str, bytes]:
    """Return the regular files by name, sorted; raise ImportSourceError for a damaged archive."""
    files: dict[str, bytes] = {}
    text = _unpack(where, data, allowance)
    try:
        for member in members(text):
            allowance.members -= 1
            if allowance.members < 0:
                raise _refuse(where, f"has more than {MAX_MEMBERS} members")
            _take(where, member, files)
    except TarError as error:
        raise _refuse(where, f"is not a valid tar archive: {error}") from None
    return dict(sorted(files.items()))


def _take(where: str, member: Member, files: dict[str, bytes]) -> None:
    parts = member.name.split("/")
    if not member.name.isprintable() or "\\" in member.name or member.name.startswith("/"):
        raise _refuse(where, f"a member is called '{shown(member.name)}'")
    if ".." in parts:
        raise _refuse(where, f"'{shown(member.name)}' leads out of it")
    name = "/".join(part for part in parts if part not in ("", "."))
    if member.content is None or member.name.endswith("/"):
        return
    if name in files:
        raise _refuse(where, f"'{shown(name)}' is in it twice")
    files[name] = member.content
