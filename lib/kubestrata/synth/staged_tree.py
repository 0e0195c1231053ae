"""Makes the new tree: hard links for what stays, new files for what changes.

A linked file keeps its inode and times. Folders are new, with their old mode and owner.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterable

from kubestrata.synth.dist_folder import scan
from kubestrata.synth.manifest_index import INDEX_NAME
from kubestrata.synth.write_plan import WritePlan

_NO_LINKS = {errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


def stage_tree(plan: WritePlan, target: str) -> None:
    """Build the whole tree of `plan` in `target`, which does not exist yet."""
    folders = sorted(plan.folders)
    os.mkdir(target)
    for folder in folders:
        os.mkdir(f"{target}/{folder}")
    for path in sorted(plan.carried):
        _carry(f"{plan.old.path}/{path}", f"{target}/{path}")
    for path, content in sorted(plan.written.items()):
        _write(f"{target}/{path}", content)
    if INDEX_NAME not in plan.carried:
        _write(f"{target}/{INDEX_NAME}", plan.index)
    # Last, and the deepest first: a folder may be read-only.
    for folder in reversed(folders):
        entry = plan.old.entries.get(folder)
        # What is a folder now may have been a file.
        if entry is not None and entry.is_dir(follow_symlinks=False):
            _keep_mode(f"{plan.old.path}/{folder}", f"{target}/{folder}")
    if plan.old.exists:
        _keep_mode(plan.old.path, target)


def bring_late_files(plan: WritePlan, replaced: str) -> None:
    """Move on the foreign files that appeared in the old tree while the new one was made."""
    generated = plan.old.listed | plan.unchanged | plan.written.keys() | {INDEX_NAME}
    for path, entry in scan(replaced).items():
        if path in generated or entry.is_dir(follow_symlinks=False):
            continue
        before = plan.old.entries.get(path)
        if before is None or before.inode() != entry.inode():
            place = f"{plan.old.path}/{path}"
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.rename(entry.path, place)


def require_removable(outdir: str, folders: Iterable[str]) -> None:
    """Raise PermissionError where the old tree could not be removed afterwards."""
    for folder in (outdir, *folders):
        # An own folder can be made writable; the output folder itself is left as its owner set it.
        is_own = folder != outdir and os.lstat(folder).st_uid == os.geteuid()
        if not is_own and not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)


def _carry(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        # Crossing into another file system is not in the list: that is a mount, never copied.
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(source, target, follow_symlinks=False)


def _write(path: str, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(path, flags, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
    except OSError as error:
        error.filename = path
        raise
    finally:
        os.close(handle)


def _keep_mode(old: str, new: str) -> None:
    was, now = os.stat(old), os.stat(new)
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(new, was.st_uid, was.st_gid)
    if stat.S_IMODE(was.st_mode) != stat.S_IMODE(os.stat(new).st_mode):
        os.chmod(new, stat.S_IMODE(was.st_mode))
