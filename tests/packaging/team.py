"""Another team's view: an environment with kubestrata in it, and a project outside this one."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.type_check import cache_folder

ROOT = Path(__file__).resolve().parents[2]
_FOREIGN = ("CDK8S_", "CI", "KUBESTRATA_", "MYPY", "PYTEST", "PYTHON", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Team:
    """A project folder, and the environment in which its owner installed kubestrata."""

    project: Path
    environment: Path

    def run(
        self, command: str, *arguments: str | Path, folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, in the project unless in another folder."""
        cache = "editable" if self.environment == Path(sys.prefix) else "wheel"
        program = self.environment / "bin" / command
        return run([program, *arguments], folder or self.project, cache=cache)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def run(
    command: Sequence[str | Path], folder: Path, *, path: str | None = None, cache: str = "wheel"
) -> subprocess.CompletedProcess[str]:
    """Run a program without the settings of the process that tests; `cache` is that of mypy."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
    environment |= {"PATH": path} if path else {}
    environment["MYPY_CACHE_DIR"] = str(cache_folder(cache))
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def succeed(result: subprocess.CompletedProcess[str]) -> str:
    """Return what a program printed; fail if the program did."""
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this repository."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    succeed(run([*build, folder], ROOT))
    [built] = folder.glob("*.whl")
    return built


def install(wheel: Path, environment: Path) -> None:
    """Make an environment with the wheel in it.

    Third-party packages come from here: a .pth makes them visible, but no editable install.
    """
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", "--python"]
    succeed(run([*pip, python, wheel], environment))
    here = sysconfig.get_path("purelib")
    asked = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], ROOT)
    third_party = Path(succeed(asked).strip()) / "third_party.pth"
    third_party.write_text(f"{here}\n", encoding="utf-8")
    _add_program(environment, "pytest", "from pytest import console_main as main")
    _add_program(environment, "mypy", "from mypy.__main__ import console_entry as main")


def _add_program(environment: Path, name: str, load: str) -> None:
    """Return the script that pip would write for a program of a package."""
    path = environment / "bin" / name
    head = f"#!{environment / 'bin' / 'python'}\nimport sys\n"
    path.write_text(f"{head}{load}\nsys.exit(main())\n", encoding="utf-8")
    path.chmod(0o755)
