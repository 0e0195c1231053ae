"""Atomic writer of a generated tree: all of it or nothing, even if the process dies.

Foreign files stay as they are; unchanged files keep bytes, inode and times. For the reasons see
docs/decisions/0003-atomic-dist.md.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from kubestrata.core.conflict_marker import conflict_line
from kubestrata.core.directory_swap import mount_point_in, put_in_place
from kubestrata.core.errors import DistError
from kubestrata.core.frozen import Frozen
from kubestrata.core.interruption import held, require_none
from kubestrata.core.staging import exclusive, leftovers, staging
from kubestrata.synth.dist_folder import look_at, read_file
from kubestrata.synth.manifest_index import INDEX_NAME, parse_index, render_index
from kubestrata.synth.output_folder import require_own_folder
from kubestrata.synth.staged_tree import require_removable, retire, stage_late_files, stage_tree
from kubestrata.synth.tree_path import check_paths
from kubestrata.synth.write_failure import not_movable, write_failure
from kubestrata.synth.write_plan import WritePlan, plan_write


class WriteReport(Frozen):
    """The result of a write: sorted paths below the output folder, without its index."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


def write_tree(outdir: Path, files: Mapping[str, bytes]) -> WriteReport:
    """Replace the generated files of `outdir` with `files`, given by POSIX path below it.

    Foreign files are kept, and nothing is touched if nothing has changed. A signal ends the write
    before the exchange of the folders, and is delivered afterwards once that has begun.

    Raises:
        DistError: nothing was written, `outdir` is as it was.
        KeyboardInterrupt: the same, for a signal before the exchange.
    """
    root = _located(outdir)
    try:
        _check(root, files)
        if _is_current(root, files):
            return WriteReport(written=(), removed=(), unchanged=tuple(sorted(files)))
        with held(), exclusive(root):
            plan = plan_write(root, files)
            if not plan.is_current:
                _replace(plan)
    except OSError as error:
        raise write_failure(root, error) from error
    return WriteReport(
        written=tuple(sorted(plan.written)),
        removed=tuple(sorted(plan.removed)),
        unchanged=tuple(sorted(plan.unchanged)),
    )


def read_tree(outdir: Path) -> dict[str, bytes]:
    """Return the generated files present in `outdir`, by path; a listed file may be missing.

    Raises:
        DistError: the folder cannot be the output folder, a symlink is on the way to one, or
            the index is damaged.
    """
    root = _located(outdir)
    require_own_folder(root)
    try:
        folder = look_at(root)
        folder.refuse_links(folder.listed)
        present = sorted(folder.listed & folder.files)
        return {path: read_file(folder.entries[path].path) for path in present}
    except OSError as error:
        raise write_failure(root, error) from error


def index_problem(outdir: Path, files: Mapping[str, bytes]) -> str:
    """Return the problem of the index itself that writing `files` would fix, '' if there is none.

    Raises:
        DistError: the index is damaged.
    """
    root = _located(outdir)
    try:
        folder = look_at(root)
    except OSError as error:
        raise write_failure(root, error) from error
    if folder.index is None or folder.index == render_index(files):
        return ""
    if line := conflict_line(folder.index):
        return f"line {line} on disk is a conflict marker of git"
    is_written = folder.index == render_index(parse_index(root, folder.index))
    has_all = folder.files.issuperset(files) and folder.listed & folder.files <= files.keys()
    return "is not as synth writes it" if has_all or not is_written else ""


def _located(outdir: Path) -> str:
    """Return `outdir`, made absolute if the exchange would change the meaning of the path."""
    if outdir.name in {"", ".."}:
        return os.path.realpath(outdir)
    if outdir.is_absolute():
        return os.fspath(outdir)
    real = os.path.join(os.path.realpath(outdir.parent), outdir.name)
    return real if f"{os.getcwd()}/".startswith(f"{real}/") else os.fspath(outdir)


def _check(root: str, files: Mapping[str, bytes]) -> None:
    if INDEX_NAME in files:
        raise DistError(root, f"{INDEX_NAME!r} cannot be written", "the name is used by the index")
    check_paths(root, [*files, INDEX_NAME])
    if os.path.realpath(root) == os.sep:
        raise not_movable(root, "it is the root folder")
    require_own_folder(root)
    parent = os.path.dirname(root) or os.curdir
    if not os.path.isdir(parent):
        fix = f"mkdir -p {parent}"
        raise DistError(root, "cannot be created", f"{parent!r} is not a folder", fix)


def _is_current(root: str, files: Mapping[str, bytes]) -> bool:
    """Return True if there is nothing to do; takes no lock, which would need write permission."""
    try:
        return not leftovers(root) and look_at(root).is_current(files)
    except (FileNotFoundError, NotADirectoryError):
        # Another synth replaced the folder while it was read: check again under the lock.
        return False


def _replace(plan: WritePlan) -> None:
    """Create the new tree beside the old one and exchange the two."""
    root = plan.old.path
    if plan.old.exists:
        if point := mount_point_in(root):
            raise not_movable(root, f"{point!r} is a mount point")
        folders = plan.old.entries.keys() - plan.old.files
        require_removable(root, [f"{root}/{folder}" for folder in sorted(folders)])
    with staging(root) as (new, aside):
        stage_tree(plan, new)
        if plan.old.exists:
            stage_late_files(plan, new)
        require_none()
        replaced = put_in_place(new, root, aside)
        if plan.old.exists:
            retire(plan, replaced)
