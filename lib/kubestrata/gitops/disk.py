"""A folder from outside, read with bounds: nothing beyond it, nothing huge."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from kubestrata.core.regular_file import FileRefusedError, read_regular, read_regular_text

MAX_BYTES = 4_000_000
"""A file of manifests may be this long; an object in a cluster holds at most 1.5 MB."""
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv"})
_YAML = (".yaml", ".yml")


class Disk:
    """Files below one folder, by their paths with slashes; symbolic links stay inside.

    `unread` are folders that could not be listed, with the reason.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.unread: dict[str, str] = {}
        self._folders: dict[str, Path | None] = {}

    def find(self, path: str) -> Path | None:
        """Return where a path really is, None if it is outside of the folder or not there."""
        above, _, name = path.rstrip("/").rpartition("/")
        if above not in self._folders:
            self._folders[above] = self._resolved(above)
        home = self._folders[above]
        if home is None or name in ("", ".", ".."):
            return self._resolved(path)
        try:
            found = home / name
            return self._resolved(path) if found.is_symlink() else found if found.exists() else None
        except (OSError, ValueError):
            return None

    def _resolved(self, path: str) -> Path | None:
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
        """Whether there is a regular file."""
        found = self.find(path)
        return found is not None and found.is_file()

    def size(self, path: str) -> int:
        """The length of a file, 0 if it is not there."""
        found = self.find(path)
        return found.stat().st_size if found is not None and found.is_file() else 0

    def bytes_of(self, path: str) -> bytes:
        """Return what a file holds; raises OSError where it may not or cannot be read."""
        return read_regular(self._inside(path), MAX_BYTES)

    def text(self, path: str) -> str:
        """Return the same as text; raises OSError too where it is not UTF-8."""
        return read_regular_text(self._inside(path), MAX_BYTES)

    def _inside(self, path: str) -> Path:
        found = self.find(path)
        if found is None:
            raise FileRefusedError(errno.ENOENT, "is not a file of the folder", path)
        return found

    def folders(self, folder: str) -> list[str]:
        """The names of the folders in a folder, sorted; links are passed over."""
        return [each.name for each in self._entries(folder) if each.is_dir(follow_symlinks=False)]

    def yaml_files(self, folder: str = "") -> list[str]:
        """Every YAML file below a folder, sorted; what is hidden, and links, are passed over."""
        found: list[str] = []
        pending = [folder]
        while pending:
            here = pending.pop()
            below_it: list[str] = []
            for each in self._entries(here):
                path = join(here, each.name)
                if each.is_dir(follow_symlinks=False):
                    if not each.name.startswith(".") and each.name not in _PASSED_OVER:
                        below_it.append(path)
                        self._folders.setdefault(path, Path(each.path))
                elif _is_yaml(each.name) and each.is_file(follow_symlinks=False):
                    found.append(path)
            pending += reversed(below_it)
        return found

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        start = self.find(folder)
        if start is None or not start.is_dir():
            return []
        try:
            with os.scandir(start) as entries:
                return sorted(entries, key=lambda each: each.name)
        except OSError as error:
            self.unread[folder] = error.strerror or type(error).__name__
            return []


def _is_yaml(name: str) -> bool:
    return name.endswith(_YAML) and not name.startswith(".")


def join(folder: str, entry: str) -> str:
    """A path from a folder, without dots; one that leaves the root begins with '..'."""
    path = posixpath.normpath(posixpath.join(folder, entry))
    return "" if path == "." else path


def below(path: str, folder: str) -> bool:
    """Whether a path is a folder or in it."""
    return folder in ("", path) or path.startswith(f"{folder}/")


def parents(path: str) -> Iterator[str]:
    """The folders that a path is in, innermost first, without the root."""
    while path := path.rpartition("/")[0]:
        yield path
