"""Writes a generated tree into its folder: all of it or nothing, whenever the process dies.

Foreign files stay as they are; unchanged files keep bytes, inode and times. What the files
hold is decided elsewhere. Why it works this way: docs/decisions/0003-atomic-dist.md.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kubestrata.core.conflict_marker import conflict_line
from kubestrata.core.directory_swap import mount_point_in, put_in_place
from kubestrata.core.errors import DistError
from kubestrata.core.interruption import held, require_none
from kubestrata.core.staging import exclusive, leftovers, staging
from kubestrata.synth.dist_folder import look_at, read_file
from kubestrata.synth.manifest_index import INDEX_NAME, parse_index, render_index
from kubestrata.synth.output_folder import require_own_folder
from kubestrata.synth.staged_tree import require_removable, retire, stage_late_files, stage_tree
from kubestrata.synth.tree_path import check_paths
from kubestrata.synth.write_failure import not_movable, write_failure
from kubestrata.synth.write_plan import WritePlan, plan_write


@dataclass(frozen=True)
class WriteReport:
    """What a write did; sorted paths below the output folder, its index not among them."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


def write_tree(outdir: Path, files: Mapping[str, bytes]) -> WriteReport:
    """Make `outdir` hold `files`, by POSIX path below it, and the foreign files it held.

    Touches nothing where nothing has changed. A signal ends it before the exchange, and is
    delivered after it once the exchange has begun.

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
    """The generated files that are in `outdir`, by path; a listed file may be missing.

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
    """What a write of `files` would mend in the index alone, '' if it is right or there is none.

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


def foreign_files(outdir: Path) -> list[str]:
    """The paths in `outdir` that synth did not write, symlinks included, sorted.

    Raises:
        DistError: the index is damaged.
    """
    root = _located(outdir)
    try:
        return sorted(look_at(root).foreign)
    except OSError as error:
        raise write_failure(root, error) from error


def _located(outdir: Path) -> str:
    """`outdir` as given, or absolute where the swap would change what the given path means."""
    if outdir.name in {"", ".."}:
        return os.path.realpath(outdir)
    if outdir.is_absolute():
        return os.fspath(outdir)
    real = os.path.join(os.path.realpath(outdir.parent), outdir.name)
    return real if f"{os.getcwd()}/".startswith(f"{real}/") else os.fspath(outdir)


def _check(root: str, files: Mapping[str, bytes]) -> None:
    if INDEX_NAME in files:
        raise DistError(root, f"{INDEX_NAME!r} cannot be written", "it is the name of the index")
    check_paths(root, [*files, INDEX_NAME])
    if os.path.realpath(root) == os.sep:
        raise not_movable(root, "it is the root folder")
    require_own_folder(root)
    parent = os.path.dirname(root) or os.curdir
    if not os.path.isdir(parent):
        raise DistError(root, "cannot be made", f"{parent!r} is not a folder", f"mkdir -p {parent}")


def _is_current(root: str, files: Mapping[str, bytes]) -> bool:
    """Whether there is nothing to do; asked without the lock, so no right to write is needed."""
    try:
        return not leftovers(root) and look_at(root).is_current(files)
    except (FileNotFoundError, NotADirectoryError):
        # Another synth replaced the folder while it was read; the lock will tell.
        return False


def _replace(plan: WritePlan) -> None:
    """Make the new tree beside the old one and put it in its place."""
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
