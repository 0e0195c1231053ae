"""The CEL library without its command line, which takes a third of a second to load an editor."""

from __future__ import annotations

import sys
from types import ModuleType

_COMMAND_LINE = "cel.cli"
_loaded = sys.modules.setdefault(_COMMAND_LINE, ModuleType(_COMMAND_LINE))

from cel import Context, Program, compile, evaluate  # noqa: A004, E402  # once that is out of the way
from cel.stdlib import STDLIB_FUNCTIONS  # noqa: E402  # same

if _loaded.__spec__ is None:
    del sys.modules[_COMMAND_LINE]

__all__ = ["STDLIB_FUNCTIONS", "Context", "Program", "compile", "evaluate"]
