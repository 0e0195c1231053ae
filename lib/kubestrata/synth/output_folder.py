"""Checks that the output folder may be replaced: it must not contain the project itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubestrata.core.errors import DistError

_MARKS = ("cdk8s.yaml", ".git")


def require_own_folder(outdir: str) -> None:
    """Raise DistError for a folder that is or contains the project, its program or repository.

    Symlinks on the way are followed, because their target would be replaced.

    Raises:
        DistError: nothing was read or written.
    """
    real = Path(os.path.realpath(outdir))
    held = next((each for each in _protected(real) if each.is_relative_to(real)), None)
    if held is not None:
        why = f"it contains {held}, and the output folder is replaced as a whole"
        raise DistError(outdir, "cannot be the output folder", why, "name a folder such as dist")


def _here_and_above() -> Sequence[Path]:
    try:
        here = Path(os.path.realpath(Path.cwd()))
    except FileNotFoundError:  # it was the output folder of a write before
        return ()
    return (here, *here.parents)


def _protected(outdir: Path) -> Iterator[Path]:
    """Yield files that must not be replaced: the project's, here, above and in the folder."""
    for folder in _here_and_above():
        yield from (folder / mark for mark in _MARKS if (folder / mark).exists())
    program = getattr(sys.modules.get("__main__"), "__file__", None)
    for name in (program, sys.argv[0] if sys.argv else None):
        if name and name.endswith(".py"):
            yield Path(os.path.realpath(name))
    if (outdir / "cdk8s.yaml").exists() or (outdir / ".git").is_dir():
        yield outdir
