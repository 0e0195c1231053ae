"""Safe reading of input files: regular files of a bounded size, inside a folder.

Devices, FIFOs and sockets are never opened: reading them may block, or never end.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kubestrata.core.encoding import EncodingRefusedError, decoded

_CHUNK = 65_536
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class FileRefusedError(OSError):
    """A file that exists but must not be read; `strerror` is the reason."""


def walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk a folder as `os.walk` does, but raise OSError if a folder below cannot be listed."""
    return os.walk(folder, onerror=_refuse)


def _refuse(error: OSError) -> None:
    raise error


def read_regular(path: Path, limit: int, within: Path | None = None) -> bytes:
    """Return the content of a file, at most `limit` bytes.

    Symlinks are followed, but not out of the folder `within`. Raises OSError, whose `strerror` is
    the reason.
    """
    if within is not None and not _resolved(path).is_relative_to(within.resolve()):
        raise _refused(path, "is a link to a file outside of the folder")
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  # hundreds of files at a time
        raise _refused(path, "is not a regular file")
    descriptor = os.open(path, _FLAGS)
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise _refused(path, "is not a regular file")
        content = _read(descriptor, min(facts.st_size, limit) + 1, limit + 1)
    finally:
        os.close(descriptor)
    if len(content) > limit:
        raise _refused(path, f"is larger than {limit} bytes")
    return content


def _read(descriptor: int, expected: int, most: int) -> bytes:
    """Return the bytes of a file to its end, but no more than `most`."""
    content = os.read(descriptor, expected)
    parts, left = [content], most - len(content)
    while content and left:  # a file of /proc has no size, and another may grow
        content = os.read(descriptor, min(left, _CHUNK))
        parts.append(content)
        left -= len(content)
    return b"".join(parts)


def read_regular_text(path: Path, limit: int, within: Path | None = None) -> str:
    """Return the content as text; raises OSError too if it is neither UTF-8 nor marked UTF-16."""
    try:
        return decoded(read_regular(path, limit, within))
    except EncodingRefusedError as error:
        raise _refused(path, str(error)) from None


def _resolved(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except RuntimeError:
        raise _refused(path, "is a link to itself") from None


def _refused(path: Path, why: str) -> FileRefusedError:
    return FileRefusedError(errno.EINVAL, why, str(path))
