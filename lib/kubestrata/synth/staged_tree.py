"""Staging of the new tree: hard links for unchanged files, new files for the others.

A linked file keeps its inode and times. Folders are new, with their old mode and owner.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterable, Mapping

from kubestrata.core.interruption import require_none
from kubestrata.synth.dist_folder import scan
from kubestrata.synth.manifest_index import INDEX_NAME
from kubestrata.synth.write_plan import WritePlan

_LATE = ".kubestrata-late"
_ROUNDS = 100
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_NO_LINKS = {errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


def stage_tree(plan: WritePlan, target: str) -> None:
    """Build the whole tree of `plan` in `target`, which does not exist yet."""
    folders = sorted(plan.folders)
    os.mkdir(target)
    for folder in folders:
        os.mkdir(f"{target}/{folder}")
    for path in sorted(plan.carried):
        require_none()
        _carry(f"{plan.old.path}/{path}", f"{target}/{path}")
    for path, content in sorted(plan.written.items()):
        require_none()
        _write(f"{target}/{path}", content)
    if INDEX_NAME not in plan.carried:
        _write(f"{target}/{INDEX_NAME}", plan.index)
    # Last, and the deepest first: a folder may be read-only.
    for folder in reversed(folders):
        entry = plan.old.entries.get(folder)
        # The old entry may be a file.
        if entry is not None and entry.is_dir(follow_symlinks=False):
            _keep_mode(f"{plan.old.path}/{folder}", f"{target}/{folder}")
    if plan.old.exists:
        _keep_mode(plan.old.path, target)


def stage_late_files(plan: WritePlan, target: str) -> None:
    """Take over foreign files that were saved while the new tree was staged.

    Raises:
        DistError: one is in the way of a generated file.
    """
    entries = scan(plan.old.path)
    late = _late_files(plan, entries, target)
    plan.refuse_obstacles(late.keys())
    for path, entry in entries.items():
        if path not in plan.old.entries and entry.is_dir(follow_symlinks=False):
            os.makedirs(f"{target}/{path}", exist_ok=True)
    for path, entry in late.items():
        place = f"{target}/{path}"
        # An editor's temporary file may be gone again.
        with contextlib.suppress(FileNotFoundError):
            _carry(entry.path, f"{place}{_LATE}")
            os.rename(f"{place}{_LATE}", place)


def retire(plan: WritePlan, replaced: str) -> None:
    """Remove the old tree, after moving files saved in it meanwhile to the new one."""
    for _ in range(_ROUNDS):
        entries = scan(replaced)
        late = _late_files(plan, entries, plan.old.path)
        for path, entry in late.items():
            with contextlib.suppress(FileNotFoundError):
                _bring(plan, path, entry.path)
        known = [each for path, each in entries.items() if path not in late]
        # Anything left is removed with the staging folder.
        with contextlib.suppress(PermissionError):
            if not _removed(replaced, known):
                continue
        return


def _late_files(
    plan: WritePlan, entries: Mapping[str, os.DirEntry[str]], tree: str
) -> dict[str, os.DirEntry[str]]:
    """Return the foreign files of the old tree that are missing or different in `tree`."""
    ours = plan.old.listed | plan.unchanged | {INDEX_NAME}
    return {
        path: entry
        for path, entry in entries.items()
        if path not in ours
        and not entry.is_dir(follow_symlinks=False)
        and not _is_same(entry, f"{tree}/{path}")
    }


def _is_same(entry: os.DirEntry[str], other: str) -> bool:
    """Return True for hard links to one file, or for a copy where links are not supported."""
    try:
        one, two = entry.stat(follow_symlinks=False), os.lstat(other)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return os.path.samestat(one, two) or (one.st_mode, one.st_size, one.st_mtime_ns) == (
        two.st_mode,
        two.st_size,
        two.st_mtime_ns,
    )


def _bring(plan: WritePlan, path: str, late: str) -> None:
    """Move a file to its path, or save it beside a generated file of that path."""
    aside = f"{plan.old.path}/{path.replace('/', '_')}.saved"
    place = aside if path in plan.generated else f"{plan.old.path}/{path}"
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.rename(late, place)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        os.rename(late, aside)


def _removed(folder: str, entries: Iterable[os.DirEntry[str]]) -> bool:
    """Remove a folder with these entries; return False if it has others too."""
    deepest_first = sorted(entries, key=lambda entry: entry.path, reverse=True)
    try:
        for entry in deepest_first:
            with contextlib.suppress(FileNotFoundError):
                remove = os.rmdir if entry.is_dir(follow_symlinks=False) else os.unlink
                remove(entry.path)
        os.rmdir(folder)
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        return False
    return True


def require_removable(outdir: str, folders: Iterable[str]) -> None:
    """Raise PermissionError if the old tree could not be removed afterwards."""
    for folder in (outdir, *folders):
        # The user's folders can be made writable; the mode of the output folder itself is kept.
        is_own = folder != outdir and os.lstat(folder).st_uid == os.geteuid()
        if not is_own and not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)


def _carry(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        # EXDEV is not in the list: files of another file system (a mount) are never copied.
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(source, target, follow_symlinks=False)


def _write(path: str, content: bytes) -> None:
    handle = os.open(path, _NEW_FILE, 0o666)
    try:
        done = os.write(handle, content)
        while done < len(content):
            done += os.write(handle, memoryview(content)[done:])
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
