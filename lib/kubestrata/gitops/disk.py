"""A folder from outside, read with bounds: nothing beyond it, nothing huge."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

MAX_BYTES = 4_000_000
"""A file of manifests may be this long; an object in a cluster holds at most 1.5 MB."""
MAX_FILES = 50_000
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv"})
_YAML = (".yaml", ".yml")


class Disk:
    """Files below one folder, by their paths with slashes; symbolic links stay inside."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def find(self, path: str) -> Path | None:
        """Where a path really is, None if it is outside of the folder or not there."""
        try:
            found = (self.root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        return found if found == self.root or self.root in found.parents else None

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        found = self.find(path)
        return found is not None and found.is_dir()

    def is_file(self, path: str) -> bool:
        """Whether there is a file."""
        found = self.find(path)
        return found is not None and found.is_file()

    def bytes_of(self, path: str) -> bytes | None:
        """What a file holds, None where it is no file, too long or unreadable."""
        found = self.find(path)
        try:
            if found is None or not found.is_file() or found.stat().st_size > MAX_BYTES:
                return None
            return found.read_bytes()
        except OSError:
            return None

    def text(self, path: str) -> str | None:
        """The same as text, None where it is not UTF-8 either."""
        content = self.bytes_of(path)
        try:
            return None if content is None else content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None

    def yaml_files(self, folder: str = "", limit: int = MAX_FILES) -> list[str]:
        """Every YAML file below a folder, sorted; what is hidden, and links, are passed over."""
        start = self.find(folder)
        if start is None or not start.is_dir():
            return []
        found: list[str] = []
        for top, folders, names in os.walk(start):
            folders[:] = sorted(
                name for name in folders if not name.startswith(".") and name not in _PASSED_OVER
            )
            here = Path(top).relative_to(self.root).as_posix()
            found += [join(here, name) for name in sorted(names) if _is_yaml(name)]
            if len(found) > limit:
                break
        return [path for path in found[:limit] if not (self.root / path).is_symlink()]


def _is_yaml(name: str) -> bool:
    return name.endswith(_YAML) and not name.startswith(".")


def join(folder: str, entry: str) -> str:
    """A path from a folder, without dots; one that leaves the root begins with '..'."""
    path = posixpath.normpath(posixpath.join(folder, entry))
    return "" if path == "." else path


def below(path: str, folder: str) -> bool:
    """Whether a path is a folder or in it."""
    return folder in ("", path) or path.startswith(f"{folder}/")
