"""The generated tree on disk: compared with its lock, and exchanged as a whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kubestrata.bindings.lock import LOCK_FILE, Lock, digest, read_lock
from kubestrata.bindings.text import MARKER
from kubestrata.core.errors import ImportSourceError

PACKAGE = "kubeapis"


def files_of(imports_dir: Path) -> dict[str, Path]:
    """Every file of the tree by its relative path; what Python caches is no part of it."""
    root = imports_dir / PACKAGE
    return {
        path.relative_to(root).as_posix(): path
        for path in sorted(root.rglob("*"))
        if "__pycache__" not in path.parts and (path.is_symlink() or not path.is_dir())
    }


def differences(expected: Mapping[str, str], imports_dir: Path) -> list[str]:
    """What differs from the expected sha256 by path; one line each, sorted by path."""
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
    """Raise ImportSourceError if exchanging the tree would delete a file of somebody else."""
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


def exchange(imports_dir: Path, files: Mapping[str, bytes], lock: str) -> None:
    """Replace the tree and its lock; the new tree is complete before the old one goes."""
    imports_dir.mkdir(parents=True, exist_ok=True)
    refuse_foreign_files(imports_dir)
    target = imports_dir / PACKAGE
    with tempfile.TemporaryDirectory(prefix=f".{PACKAGE}-", dir=imports_dir) as folder:
        fresh, old = Path(folder, "new"), Path(folder, "old")
        for name, data in files.items():
            path = fresh / name
            if not path.resolve().is_relative_to(fresh.resolve()):
                raise ImportSourceError(name, "is not written", "lies outside of the package")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        written = Path(folder, LOCK_FILE)
        written.write_text(lock, encoding="utf-8")
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        written.replace(imports_dir / LOCK_FILE)
        shutil.rmtree(old, ignore_errors=True)
