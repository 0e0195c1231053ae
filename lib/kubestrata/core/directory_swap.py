"""Exchange of two folders, atomic where the operating system supports it.

Linux has renameat2(RENAME_EXCHANGE), macOS renamex_np(RENAME_SWAP). Other systems get two
renames; a process killed between them leaves the folder aside, and `staging` restores it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from collections.abc import Callable

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
# For C libraries older than the call, musl before 1.2.6 among them.
_SYSCALL_RENAMEAT2 = {"x86_64": 316, "aarch64": 276, "riscv64": 276}
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}


def put_in_place(new: str, folder: str, aside: str) -> str:
    """Move `new` to `folder`; return the path of the old folder, which may not exist.

    `aside` is a free path for the old folder, used where two folders cannot be exchanged.
    """
    if not os.path.lexists(folder):
        os.rename(new, folder)
        return new
    if _exchange(new, folder):
        return new
    os.rename(folder, aside)
    os.rename(new, folder)
    return aside


def mount_point_in(folder: str) -> str | None:
    """Return a mount point at or below `folder`, if any; a mounted folder cannot be renamed."""
    real = os.path.realpath(folder)
    try:
        with open("/proc/self/mountinfo", "rb") as table:
            points = [_unescaped(line.split(b" ", 5)[4]) for line in table]
    except FileNotFoundError:
        return real if os.path.ismount(real) else None
    return next((p for p in points if p == real or p.startswith(real.rstrip("/") + "/")), None)


def _unescaped(field: bytes) -> str:
    """Return a path of mountinfo, where blanks are octal escapes."""
    head, *rest = field.split(b"\\")
    tail = [bytes([int(part[:3], 8)]) + part[3:] for part in rest]
    return os.fsdecode(b"".join([head, *tail]))


def _exchange(one: str, other: str) -> bool:
    """Exchange two folders; return False if the system or file system does not support it."""
    call = _exchange_call()
    if call is None:
        return False
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), one, None, other)


def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    """Return the system call as a function of two paths, None if there is none."""
    library = ctypes.CDLL(None, use_errno=True)
    number = _SYSCALL_RENAMEAT2.get(platform.machine()) if platform.system() == "Linux" else None
    if hasattr(library, "renameat2"):
        rename = library.renameat2
        return lambda a, b: int(rename(_AT_FDCWD, a, _AT_FDCWD, b, _RENAME_EXCHANGE))
    if hasattr(library, "renamex_np"):
        rename = library.renamex_np
        return lambda a, b: int(rename(a, b, _RENAME_SWAP))
    if number is not None and ctypes.sizeof(ctypes.c_void_p) == 8:
        call = library.syscall
        return lambda a, b: int(call(number, _AT_FDCWD, a, _AT_FDCWD, b, _RENAME_EXCHANGE))
    return None
