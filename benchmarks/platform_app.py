"""Timing of building, deriving and writing the platform of this repository.

`python platform_app.py OUTPUT_FOLDER` prints the phases as JSON. It imports little itself, because
modules that it has loaded are free for the platform.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubestrata import Platform

ROOT = Path(__file__).resolve().parent.parent


class Stopwatch:
    """A sum of the wall time of calls; of nested calls, the outermost counts."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0

    def attach(self, owner: object, name: str) -> None:
        """Time a function that `owner` has under this name."""
        function: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            self._depth += 1
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self.seconds += time.perf_counter() - start

        setattr(owner, name, timed)


class Phases:
    """Timer of phases; imports and the start of Node are counted separately."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._imports = Stopwatch()
        self._node = Stopwatch()
        # The one function that every import passes.
        self._imports.attach(sys.modules["_frozen_importlib"], "_find_and_load")
        from jsii._kernel.providers import process  # noqa: PLC0415  # timed too

        self._node.attach(process._NodeProcess, "start")  # noqa: SLF001  # from outside
        self._node.attach(process.ProcessProvider, "load")

    def time(self, name: str, call: Callable[[], Any]) -> Any:
        """Return the result of `call`, and record its time without that of imports."""
        start, imported = time.perf_counter(), self._imports.seconds
        result = call()
        elapsed = time.perf_counter() - start
        self.seconds[name] = elapsed - (self._imports.seconds - imported)
        return result

    def as_dict(self) -> dict[str, float]:
        """Return the seconds by phase."""
        imports = self._imports.seconds - self._node.seconds
        return {**self.seconds, "imports": imports, "jsii start": self._node.seconds}


def _build() -> Platform:
    from kubestrata.synth.platform import receiving  # noqa: PLC0415  # timed as an import

    received: list[Platform] = []
    sys.path.insert(0, str(ROOT))
    with receiving(received.append):
        runpy.run_path(str(ROOT / "main.py"), run_name="__main__")
    return received[0]


def _derive(platform: Platform) -> dict[str, bytes]:
    from kubestrata.synth.synthesis import synthesize  # noqa: PLC0415  # timed as an import

    return synthesize(platform).contents


def _write(output: Path, files: dict[str, bytes]) -> None:
    from kubestrata.synth.dist_writer import write_tree  # noqa: PLC0415  # timed as an import

    write_tree(output, files)


def _once(output: Path) -> dict[str, float]:
    phases = Phases()
    platform = phases.time("build", _build)
    files = phases.time("derive", lambda: _derive(platform))
    phases.time("write", lambda: _write(output, files))
    return phases.as_dict()


if __name__ == "__main__":
    print(json.dumps(_once(Path(sys.argv[1]))))
