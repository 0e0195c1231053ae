"""Python environments for packages that this repository does not depend on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from measure import CommandFailedError


def install(home: Path, *requirements: str) -> Path:
    """Return the Python of an environment in `home`, made once; raises CommandFailedError."""
    python, ready = home / "bin" / "python", home / ".ready"
    if not ready.exists():
        shutil.rmtree(home, ignore_errors=True)
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(home))
        options = ["--quiet", "--compile-bytecode", "--python", str(python)]
        _run(uv, "pip", "install", *options, *requirements)
        ready.touch()
    return python


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CommandFailedError(str(error)) from None
    if done.returncode:
        raise CommandFailedError(done.stderr)
