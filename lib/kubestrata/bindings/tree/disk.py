"""The generated tree on disk: compared with its lock, and exchanged as a whole."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kubestrata.bindings.emit.text import MARKER
from kubestrata.bindings.tree.lock import LOCK_FILE, Lock, digest, read_lock
from kubestrata.core.bindings_path import PACKAGE
from kubestrata.core.directory_swap import put_in_place
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.interruption import held
from kubestrata.core.staging import exclusive, staging

_CACHE = "__pycache__"


def files_of(imports_dir: Path) -> dict[str, Path]:
    """Return every file of the tree by its relative path, without Python's caches."""
    root = imports_dir / PACKAGE
    found: list[tuple[str, ...]] = []
    for here, folders, files in os.walk(root):
        folder = Path(here)
        above = folder.relative_to(root).parts
        links = [name for name in folders if (folder / name).is_symlink()]
        found += [(*above, name) for name in (*files, *links)]
        folders[:] = [name for name in folders if name != _CACHE]
    kept = sorted(parts for parts in found if _CACHE not in parts)
    return {"/".join(parts): root.joinpath(*parts) for parts in kept}


def differences(expected: Mapping[str, str], imports_dir: Path) -> list[str]:
    """Return the differences from the expected sha256, one line each, sorted by path."""
    found = files_of(imports_dir)
    lines: dict[str, str] = {}
    for path in expected.keys() - found.keys():
        lines[path] = f"{PACKAGE}/{path}: missing"
    for path in found.keys() - expected.keys():
        lines[path] = f"{PACKAGE}/{path}: not generated"
    for path in expected.keys() & found.keys():
        if found[path].is_symlink() or digest(found[path].read_bytes()) != expected[path]:
            lines[path] = f"{PACKAGE}/{path}: edited"
    return [lines[path] for path in sorted(lines)]


def refuse_foreign_files(imports_dir: Path) -> None:
    """Raise ImportSourceError if replacing the tree would delete a file that was not generated."""
    lock: Lock | None = read_lock(imports_dir)
    for name, path in files_of(imports_dir).items():
        if lock is not None and name in lock.files:
            continue
        if lock is None and (path.suffix != ".py" or _is_ours(path)):
            continue
        why = "was not written by an import, and importing replaces the folder"
        raise ImportSourceError(f"{PACKAGE}/{name}", "is in the way", why, "move it elsewhere")


def _is_ours(path: Path) -> bool:
    return path.read_text(encoding="utf-8", errors="replace").startswith(MARKER)


@contextmanager
def exclusive_tree(imports_dir: Path) -> Generator[None]:
    """Hold the only lock on the tree, and remove the remains of killed imports.

    Raises:
        DistError: another import is writing it.
    """
    imports_dir.mkdir(parents=True, exist_ok=True)
    with exclusive(str(imports_dir / PACKAGE)):
        _settle(imports_dir)
        yield


def exchange(imports_dir: Path, files: Mapping[str, bytes], lock: str) -> None:
    """Replace the tree in one step, then its lock; needs `exclusive_tree`.

    The lock lies beside the tree as `.kubeapis.lock.new` until both are replaced.
    """
    refuse_foreign_files(imports_dir)
    target, pending = imports_dir / PACKAGE, _pending(imports_dir)
    with staging(str(target)) as (new, old):
        _write(Path(new), files)
        with held():
            try:
                pending.write_text(lock, encoding="utf-8")
                put_in_place(new, str(target), old)
            finally:
                _settle(imports_dir)


def _pending(imports_dir: Path) -> Path:
    return imports_dir / f".{LOCK_FILE}.new"


def _settle(imports_dir: Path) -> None:
    """Use a pending lock if it describes the tree, else remove it."""
    pending = _pending(imports_dir)
    if not pending.exists():
        return
    lock = _read_pending(imports_dir)
    if lock is not None and not differences(lock.files, imports_dir):
        pending.replace(imports_dir / LOCK_FILE)
    else:
        pending.unlink()


def _read_pending(imports_dir: Path) -> Lock | None:
    try:
        return read_lock(imports_dir, _pending(imports_dir).name)
    except ImportSourceError:
        return None


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    top, homes = folder.resolve(), set[Path]()
    for name, data in files.items():
        path = Path(os.path.normpath(top / name))  # nothing in the folder is a link
        if top not in path.parents:
            raise ImportSourceError(name, "is not written", "lies outside of the package")
        if path.parent not in homes:
            path.parent.mkdir(parents=True, exist_ok=True)
            homes.add(path.parent)
        path.write_bytes(data)
