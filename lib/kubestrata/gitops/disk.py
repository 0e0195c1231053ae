"""Bounded reading of an untrusted folder: no path outside of it, no huge file."""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

from kubestrata.core.regular_file import FileRefusedError, read_regular, read_regular_text

Absence: TypeAlias = Literal["", "link", "ignored"]

MAX_BYTES = 4_000_000
"""The maximum size of a file of manifests; an object in a cluster has at most 1.5 MB."""
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv"})
_NOT_COMMITTED = _PASSED_OVER | {".git"}
_YAML = (".yaml", ".yml")
_TASKS = (".just", ".mise", ".scripts", ".task", ".taskfiles")
"""Hidden folders with scripts."""
_TEMPLATES = (".gotmpl", ".j2", ".jinja", ".tmpl", ".tpl")
_ASIDE = frozenset(
    {
        *("archive", "archived", "deprecated", "doc", "docs", "example", "examples", "patches"),
        *("sample", "samples", "template", "templates", "test", "testdata", "tests", "vendor"),
    }
)
"""Folders whose Kustomizations and Applications are not applied as they are written."""
_SCRIPT = re.compile(r".+\.(?:sh|just)|\.?justfile|Makefile|[Tt]askfile\.ya?ml|helmfile.*\.gotmpl")


class Disk:
    """Files below one folder, by their POSIX paths; symlinks must not lead out of it.

    A path is looked up once: the folder is not to change while it is read.
    `unread` are folders that could not be listed, with the reason.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.unread: dict[str, str] = {}
        self._folders: dict[str, Path | None] = {}
        self._found: dict[str, Path | None] = {}
        self._facts: dict[str, os.stat_result] = {}
        self._are_folders: dict[str, bool] = {}
        self._listed: dict[str, list[os.DirEntry[str]]] = {}

    def find(self, path: str) -> Path | None:
        """Return the resolved path, None if it is missing or outside of the folder."""
        if path not in self._found:
            self._found[path] = self._looked_up(path)
        return self._found[path]

    def _looked_up(self, path: str) -> Path | None:
        above, _, name = path.rstrip("/").rpartition("/")
        if above not in self._folders:
            inside = above and not above.startswith("/")
            self._folders[above] = Disk.find(self, above) if inside else self._resolved(above)
        home = self._folders[above]
        if home is None or name in ("", ".", ".."):
            return self._resolved(path)
        try:
            facts = os.lstat(f"{home}/{name}")
        except (OSError, ValueError):
            return None
        if stat.S_ISLNK(facts.st_mode):
            return self._resolved(path)
        self._facts[path] = facts
        return home / name

    def _resolved(self, path: str) -> Path | None:
        try:
            found = (self.root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        return found if found == self.root or self.root in found.parents else None

    def share_lookups(self, other: Disk) -> None:
        """Use what another view of the same folder has looked up."""
        self._folders, self._found, self._facts = other._folders, other._found, other._facts

    def absence(self, _path: str) -> Absence:
        """Return why a file that is here is not used, '' for any file of the folder itself."""
        return ""

    def is_folder(self, path: str) -> bool:
        """Return True if the path is a folder."""
        if path not in self._are_folders:
            self._are_folders[path] = stat.S_ISDIR(self._state(path)[0])
        return self._are_folders[path]

    def folder_at(self, path: str) -> str | None:
        """Return the folder at a path of the repository, None if there is none.

        The folder that is read may be only a part of the repository.
        """
        parts = path.split("/")
        if parts[0] == "..":
            return None
        for cut in range(len(parts) + 1):
            tail = "/".join(parts[cut:])
            if cut and list(self.root.parts[-cut:]) != parts[:cut]:
                continue
            if self.is_folder(tail):
                return tail
        return None

    def matching(
        self, pattern: str, paths: Iterable[str], match: Callable[[str, str], bool]
    ) -> set[str]:
        """Return those of the paths here that a pattern of the repository matches, as it has them.

        The folder that is read may be only a part of the repository.
        """
        parts, known = pattern.split("/"), list(paths)
        for cut in range(len(parts)):
            above = "".join(f"{each}/" for each in parts[:cut])
            if cut and list(self.root.parts[-cut:]) != parts[:cut]:
                continue
            if found := {above + path for path in known if match(pattern, above + path)}:
                return found
        return set()

    def here(self, path: str) -> str:
        """Return a path of the repository as one of the folder that is read."""
        parts = path.split("/")
        tails = ("/".join(parts[cut:]) for cut in range(len(parts)))
        tops = (list(self.root.parts[-cut:]) if cut else [] for cut in range(len(parts)))
        pairs = zip(tails, tops, range(len(parts)), strict=True)
        found = (tail for tail, top, cut in pairs if top == parts[:cut] and self.find(tail))
        return next(found, path)

    def is_file(self, path: str) -> bool:
        """Return True if the path is a regular file."""
        return stat.S_ISREG(self._state(path)[0])

    def size(self, path: str) -> int:
        """Return the size of a file, 0 if it is missing."""
        mode, size = self._state(path)
        return size if stat.S_ISREG(mode) else 0

    def _state(self, path: str) -> tuple[int, int]:
        """Return the mode and the size of what is at a path, links followed; 0 if it is missing."""
        found = self.find(path)
        if found is None:
            return 0, 0
        if path not in self._facts:
            try:
                self._facts[path] = found.stat()
            except OSError:
                return 0, 0
        facts = self._facts[path]
        return facts.st_mode, facts.st_size

    def bytes_of(self, path: str) -> bytes:
        """Return the content of a file; raises OSError if it cannot or must not be read."""
        return read_regular(self._inside(path), MAX_BYTES)

    def text(self, path: str) -> str:
        """Return the content as text; raises OSError also for an encoding that is not read."""
        return read_regular_text(self._inside(path), MAX_BYTES)

    def _inside(self, path: str) -> Path:
        found = self.find(path)
        if found is None:
            raise FileRefusedError(errno.ENOENT, "is not a file of the folder", path)
        return found

    def folders(self, folder: str) -> list[str]:
        """Return the sorted names of the folders in a folder, without symlinks."""
        return [each.name for each in self._entries(folder) if each.is_dir(follow_symlinks=False)]

    @cached_property
    def contents(self) -> tuple[list[str], list[str]]:
        """Return all folders, without hidden ones, and all files, without those of git."""
        folders: list[str] = []
        files: list[str] = []
        pending = [""]
        while pending:
            here = pending.pop()
            hidden = any(part.startswith(".") for part in here.split("/"))
            for each in self._entries(here):
                path = join(here, each.name)
                if not each.is_dir(follow_symlinks=False):
                    files.append(path)
                elif each.name not in _NOT_COMMITTED:
                    pending.append(path)
                    if not hidden and not each.name.startswith("."):
                        folders.append(path)
        return folders, files

    def files(self, folder: str, *, recurse: bool) -> list[str]:
        """Return the sorted files of a folder, with hidden ones and with links to files."""
        found: list[str] = []
        pending = [folder]
        while pending:
            here = pending.pop()
            below_it: list[str] = []
            for each in self._entries(here):
                path = join(here, each.name)
                if each.is_dir(follow_symlinks=False):
                    below_it += [] if each.name in _NOT_COMMITTED else [path]
                elif self.is_file(path):
                    found.append(path)
            pending += reversed(below_it) if recurse else ()
        return found

    def yaml_files(self, folder: str = "") -> list[str]:
        """Return the sorted YAML files below a folder, without hidden files and symlinks."""
        return [path for path in self._files(folder) if _is_yaml(path.rpartition("/")[2])]

    def files_named(self, name: str) -> list[str]:
        """Return the sorted files of one name, in folders that are not hidden."""
        return [path for path in self._files("") if path.rpartition("/")[2] == name]

    def workflows(self) -> Iterator[str]:
        """Yield the texts of the CI workflows of GitHub and GitLab."""
        hidden = [f".github/workflows/{each.name}" for each in self._entries(".github/workflows")]
        yield from self._texts(path for path in (*hidden, ".gitlab-ci.yml") if self.is_file(path))

    def scripts(self) -> Iterator[str]:
        """Yield the texts of shell scripts, task files and templates of helmfiles."""
        paths = chain(self._files(""), *map(self._files, _TASKS))
        yield from self._texts(path for path in paths if _SCRIPT.fullmatch(path.rpartition("/")[2]))

    def bootstrap_templates(self) -> Iterator[str]:
        """Yield the texts of templates in folders named bootstrap."""
        yield from self._texts(
            path
            for path in self._files("")
            if path.endswith(_TEMPLATES) and "bootstrap" in path.split("/")[:-1]
        )

    def helmfile_templates(self) -> Iterator[str]:
        """Yield the paths of templates that may be helmfiles."""
        for path in self._files(""):
            if path.endswith((".yaml.gotmpl", ".yml.gotmpl")):
                yield path

    def _texts(self, paths: Iterable[str]) -> Iterator[str]:
        for path in paths:
            try:
                yield self.text(path)
            except OSError:  # too large or not text: not a workflow
                continue

    def _files(self, folder: str) -> Iterator[str]:
        """Yield the regular files below a folder, without those of hidden folders."""
        pending = [folder]
        while pending:
            here = pending.pop()
            below_it: list[str] = []
            above = join(here, "")
            for each in self._entries(here):
                path = f"{above}/{each.name}" if above else each.name
                if each.is_dir(follow_symlinks=False):
                    if not each.name.startswith(".") and each.name not in _PASSED_OVER:
                        below_it.append(path)
                        self._folders.setdefault(path, Path(each.path))
                elif each.is_file(follow_symlinks=False):
                    yield path
            pending += reversed(below_it)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        """Return the sorted entries of a folder, which is listed once."""
        if folder not in self._listed:
            self._listed[folder] = self._list(folder)
        return self._listed[folder]

    def _list(self, folder: str) -> list[os.DirEntry[str]]:
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
    """Return the normalized path of an entry of a folder; outside the root it begins with '..'."""
    path = posixpath.normpath(posixpath.join(folder, entry))
    return "" if path == "." else path


def below(path: str, folder: str) -> bool:
    """Return True if a path is the folder or inside it."""
    return folder in ("", path) or path.startswith(f"{folder}/")


def parents(path: str) -> Iterator[str]:
    """Yield the folders that contain a path, innermost first, without the root."""
    while path := path.rpartition("/")[0]:
        yield path


def is_aside(path: str) -> bool:
    """Return True for a file of templates, examples or tests, which is not applied as it is."""
    return not _ASIDE.isdisjoint(part.strip("_") for part in path.split("/")[:-1])
