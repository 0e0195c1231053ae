"""Folders of Git repositories, fetched with the git command at one commit, without history."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from kubestrata.bindings.source.archive import MAX_MEMBERS
from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.bindings.source.tar import TarError, members
from kubestrata.core.errors import ImportSourceError
from kubestrata.helm.chart_source import GitAddress

_SECONDS = 300
_PROTOCOLS = ("https", "ssh", "file")
_LIMITED = ("sh", "-c", 'ulimit -f 1048576; exec "$@"', "sh")
"""Bounds what git writes: 512 MB in each file, or 1 GB with a shell that counts kilobytes."""
_NO_PROGRAM = 127
_LONGEST_ERROR = 10_000


class GitCheckout:
    """One commit of a repository in a temporary folder."""

    def __init__(self, address: GitAddress, folder: Path) -> None:
        self._address = address
        self._folder = folder
        self._git("init", "--quiet", "--bare", ".")
        self._git("fetch", "--quiet", "--depth=1", "--no-tags", "--", address.url, address.ref)

    def files(self, path: str) -> dict[str, bytes]:
        """Return the regular files of a folder by their paths in it; links are left out.

        Raises ImportSourceError if there is no such folder, or it is too large.
        """
        target = f"FETCH_HEAD:{path}" if path else "FETCH_HEAD"
        data = self._git("archive", "--format=tar", target)
        if len(data) > 2 * MAX_BYTES:
            raise self._refused(f"is larger than {MAX_BYTES} bytes")
        found: dict[str, bytes] = {}
        try:
            for member in members(data):
                parts = member.name.split("/")
                if member.content is not None and ".." not in parts and parts[0]:
                    found[member.name] = member.content
        except TarError as error:
            raise self._refused(f"git archive: {error}") from None
        if sum(map(len, found.values())) > MAX_BYTES or len(found) > MAX_MEMBERS:
            raise self._refused(f"is larger than {MAX_BYTES} bytes, or {MAX_MEMBERS} files")
        return found

    def _git(self, *arguments: str) -> bytes:
        settings = (
            "protocol.allow=never",
            *(f"protocol.{each}.allow=always" for each in _PROTOCOLS),
        )
        options = [part for setting in settings for part in ("-c", setting)]
        command = [*_LIMITED, "git", *options, *arguments]
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1"}
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            environment.pop(name, None)
        output, errors = self._folder / "output", self._folder / "errors"
        try:
            with output.open("wb") as out, errors.open("wb") as err:
                done = subprocess.run(  # noqa: S603  # no shell reads the arguments
                    command,
                    cwd=self._folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    timeout=_SECONDS,
                    check=False,
                )
            return self._result(arguments[0], done.returncode, output, errors)
        except subprocess.TimeoutExpired:
            raise self._refused(f"git took longer than {_SECONDS} s") from None
        except OSError as error:
            raise self._refused(error.strerror or type(error).__name__) from None

    def _result(self, verb: str, code: int, output: Path, errors: Path) -> bytes:
        if code == _NO_PROGRAM:
            raise self._refused("the program git is not installed")
        if code:
            with errors.open("rb") as file:
                lines = file.read(_LONGEST_ERROR).decode(errors="replace").strip().splitlines()
            why = lines[-1] if lines else f"exit code {code}; the repository may be too large"
            raise self._refused(f"git {verb}: {why}")
        with output.open("rb") as file:
            return file.read(2 * MAX_BYTES + 1)

    def _refused(self, why: str) -> ImportSourceError:
        return ImportSourceError(str(self._address), "cannot be fetched", why)


@contextmanager
def checkout(address: GitAddress) -> Generator[GitCheckout]:
    """Fetch a commit; raises ImportSourceError if git cannot."""
    with tempfile.TemporaryDirectory(prefix="kubestrata-git-") as folder:
        yield GitCheckout(address, Path(folder))
