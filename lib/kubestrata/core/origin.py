"""Where in the Python source a thing was made.

Frames of the library, of the bindings and of installed packages are passed over: a person
wants the line that they wrote, and who called from another file. Frames are looked at, their
sources are not. Origins appear in messages only, never in what is written.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import traceback
from dataclasses import dataclass, replace
from functools import cache
from types import FrameType
from typing import NamedTuple

_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_PASSED_OVER = (
    f"{os.sep}site-packages{os.sep}",
    f"{os.sep}kubeapis{os.sep}",
    "<frozen",
    "<string>",
)
_PROGRAMS = tuple(sysconfig.get_paths()[name] + os.sep for name in ("stdlib", "scripts"))


def shown(file: str) -> str:
    """A path as messages print it: relative where it is below the working folder."""
    return file.removeprefix(os.getcwd() + os.sep)


class Line(NamedTuple):
    """A line of a file; `str()` is how messages print it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Origin:
    """A line of Python and the construct path that it made (`cluster/component/id`).

    `called_from` is the nearest line of another file that led there: where a construct made the
    object, the line that asked for the construct.
    """

    file: str
    line: int
    path: str = ""
    called_from: Line | None = None

    def at(self, path: str) -> Origin:
        """The same line, for the construct at `path`."""
        return replace(self, path=path)

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line}" + (f" ({self.path})" if self.path else "")


@cache
def is_library(file: str) -> bool:
    """Return True for files of the library, the bindings and installed packages."""
    passed_over = any(part in file for part in _PASSED_OVER)
    return passed_over or file.startswith((_LIBRARY, *_PROGRAMS))


def caller(path: str = "") -> Origin:
    """The nearest line on the stack that is not the library's own."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # inspect reads files
    while is_library(frame.f_code.co_filename) and frame.f_back is not None:
        frame = frame.f_back
    return Origin(frame.f_code.co_filename, frame.f_lineno, path, _called_from(frame))


def _called_from(frame: FrameType) -> Line | None:
    """The next line above in another file; a program begins where a module is run."""
    made, above = frame.f_code.co_filename, frame
    while above.f_code.co_name != "<module>" or is_library(above.f_code.co_filename):
        if above.f_back is None:
            return None
        above = above.f_back
        file = above.f_code.co_filename
        if file != made and not is_library(file):
            return Line(file, above.f_lineno)
    return None


def steps_of(error: BaseException) -> list[traceback.FrameSummary]:
    """The steps of an error's traceback that are not the library's own, outermost first."""
    steps = traceback.extract_tb(error.__traceback__)
    return [step for step in steps if not is_library(step.filename)]
