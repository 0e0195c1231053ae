"""Where in the Python source a thing was made.

Frames of the library, of the bindings and of installed packages are passed over: a person
wants the line that they wrote. Origins appear in messages only, never in what is written.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_PASSED_OVER = (
    f"{os.sep}site-packages{os.sep}",
    f"{os.sep}kubeapis{os.sep}",
    "<frozen",
    "<string>",
)


def shown(file: str) -> str:
    """A path as messages print it: relative where it is below the working folder."""
    return file.removeprefix(os.getcwd() + os.sep)


@dataclass(frozen=True, slots=True)
class Origin:
    """A line of Python and the construct path that it made (`cluster/component/id`)."""

    file: str
    line: int
    path: str = ""

    def at(self, path: str) -> Origin:
        """The same line, for the construct at `path`."""
        return Origin(self.file, self.line, path)

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line}" + (f" ({self.path})" if self.path else "")


def _is_library(file: str) -> bool:
    return file.startswith(_LIBRARY) or any(part in file for part in _PASSED_OVER)


def caller(path: str = "") -> Origin:
    """The nearest line on the stack that is not the library's own."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # inspect reads files
    while _is_library(frame.f_code.co_filename) and frame.f_back is not None:
        frame = frame.f_back
    return Origin(frame.f_code.co_filename, frame.f_lineno, path)
