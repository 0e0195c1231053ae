"""The staging folder beside a generated folder, and the lock that guards it.

Used for `dist/` and for `imports/kubeapis`. `.<name>.kubestrata-<pid>/` holds `new`, the tree
being created, and at times `old`, the tree that it replaced. To the holder of the lock, every
such folder was left by a killed process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Generator

from kubestrata.core.errors import DistError
from kubestrata.core.interruption import held

_LOCK = "lock"


def leftovers(outdir: str) -> list[str]:
    """Return the lock and staging folders of a running or killed synth beside `outdir`."""
    parent, prefix = _beside(outdir)
    with os.scandir(parent) as entries:
        names = [entry.name for entry in entries if entry.name.startswith(prefix)]
    suffixes = sorted(name.removeprefix(prefix) for name in names)
    known = [suffix for suffix in suffixes if suffix == _LOCK or suffix.isdecimal()]
    return [os.path.join(parent, prefix + suffix) for suffix in known]


@contextlib.contextmanager
def exclusive(outdir: str) -> Generator[None]:
    """Lock `outdir` and remove leftovers of killed processes.

    Raises:
        DistError: another process holds it.
    """
    parent, prefix = _beside(outdir)
    path = os.path.join(parent, prefix + _LOCK)
    handle = _lock(path, outdir)
    try:
        for stage in leftovers(outdir):
            if stage != path and _is_ours(stage):
                _discard(stage, outdir)
        yield
    finally:
        # Removed while still locked: a waiting process sees that its file is gone.
        with held():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            os.close(handle)


@contextlib.contextmanager
def staging(outdir: str) -> Generator[tuple[str, str]]:
    """Yield two free paths on the file system of `outdir`, for the new tree and the old one.

    Both are removed at the end, also after Ctrl-C.
    """
    parent, prefix = _beside(outdir)
    stage = os.path.join(parent, f"{prefix}{os.getpid()}")
    os.mkdir(stage)
    try:
        yield os.path.join(stage, "new"), os.path.join(stage, "old")
    finally:
        with held():
            _discard(stage, outdir)


def is_beside(path: str, outdir: str) -> bool:
    """Return True if `path` is the lock of `outdir` or in one of its staging folders."""
    return path.startswith(os.path.join(*_beside(outdir)))


def _beside(outdir: str) -> tuple[str, str]:
    """Return the parent of `outdir`, and the prefix of lock and staging folders in it."""
    parent, name = os.path.split(outdir)
    return parent or os.curdir, f".{name}.kubestrata-"


def _lock(path: str, outdir: str) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, handle):
                return handle
        except BlockingIOError:
            os.close(handle)
            why = "another kubestrata process is writing it"
            fix = "wait until it is done, then run this one again"
            raise DistError(outdir, "is locked", why, fix) from None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _is_still(path: str, handle: int) -> bool:
    """Return True if the opened file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except FileNotFoundError:
        return False


def _is_ours(stage: str) -> bool:
    """Return True if a folder with a staging folder's name also has the content of one."""
    return (
        not os.path.islink(stage)
        and os.path.isdir(stage)
        and {"new", "old"}.issuperset(os.listdir(stage))
    )


def _discard(stage: str, outdir: str) -> None:
    """Remove a staging folder, after restoring a tree in it that belongs at `outdir`."""
    aside = os.path.join(stage, "old")
    if os.path.lexists(aside) and not os.path.lexists(outdir):
        os.rename(aside, outdir)
    try:
        shutil.rmtree(stage)
    except PermissionError:
        for folder, _, _ in os.walk(stage):
            os.chmod(folder, 0o700)
        shutil.rmtree(stage)
