"""Translation of operating system errors into messages about the output folder."""

from __future__ import annotations

import errno
import os

from kubestrata.core.errors import DistError
from kubestrata.core.staging import is_beside

_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_MOVABLE = {errno.EBUSY, errno.EXDEV}


def write_failure(outdir: str, error: OSError) -> DistError:
    """Return the DistError for an OSError raised while `outdir` was read or replaced."""
    path = os.fsdecode(error.filename or outdir)
    if is_beside(path, outdir):
        path = os.path.dirname(outdir) or os.curdir
    why = error.strerror or str(error)
    if error.errno in _NOT_ALLOWED:
        fix = "give this user write permission, or choose another output folder"
        return DistError(path, "cannot be written", why, fix)
    if error.errno in _FULL:
        fix = "free some space and run synth again"
        return DistError(outdir, "was left unchanged", "the disk is full", fix)
    if error.errno in _NOT_MOVABLE:
        return not_movable(outdir, "it is on another file system, or in a layer of an image")
    if error.errno == errno.EEXIST:
        why = "the name exists already; this file system treats some different names as equal"
    return DistError(path, "cannot be written", why)


def not_movable(outdir: str, why: str) -> DistError:
    """Return the error for a folder that cannot be exchanged for another."""
    fix = "mount its parent folder instead, or copy the folder once and use the copy"
    return DistError(outdir, "cannot be replaced atomically", why, fix)
