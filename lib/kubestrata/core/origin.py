"""Origins: the lines of Python that create objects.

Frames of the library, of the bindings and of installed packages are skipped: users look for
their own line, and for the line of another file that called it. Frames are inspected without
reading source files. Origins appear in messages only, never in generated files.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import traceback
from types import FrameType
from typing import NamedTuple

from msgspec.structs import replace

from kubestrata.core.frozen import FrozenRecord

_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_PASSED_OVER = (
    f"{os.sep}site-packages{os.sep}",
    f"{os.sep}kubeapis{os.sep}",
    "<frozen",
    "<string>",
)
_PROGRAMS = tuple(sysconfig.get_paths()[name] + os.sep for name in ("stdlib", "scripts"))


def shown(file: str) -> str:
    """Return a path for messages: relative if it is below the working folder."""
    return file.removeprefix(os.getcwd() + os.sep)


class Line(NamedTuple):
    """A line of a file, printed in messages by `str()`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line}"


class Origin(FrozenRecord):
    """A line of Python and the path of the construct that it created (`cluster/component/id`).

    `called_from` is the nearest caller in another file: for an object created inside a construct,
    the line that created the construct.
    """

    file: str
    line: int
    path: str = ""
    called_from: Line | None = None

    def at(self, path: str) -> Origin:
        """Return the same line for the construct at `path`."""
        return replace(self, path=path)

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line}" + (f" ({self.path})" if self.path else "")


class _LibraryFiles(dict[str, bool]):
    """Files, and whether they belong to the library, the bindings or an installed package.

    Each object needs that of all its callers, and a dict takes half the time of a function.
    """

    def __missing__(self, file: str) -> bool:
        passed_over = any(part in file for part in _PASSED_OVER)
        found = self[file] = passed_over or file.startswith((_LIBRARY, *_PROGRAMS))
        return found


_of_library = _LibraryFiles()


def is_library(file: str) -> bool:
    """Return True for files of the library, the bindings and installed packages."""
    return _of_library[file]


def caller(path: str = "") -> Origin:
    """Return the nearest line on the stack outside of the library."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # inspect reads files
    while _of_library[frame.f_code.co_filename] and (above := frame.f_back) is not None:
        frame = above
    return Origin(frame.f_code.co_filename, frame.f_lineno, path, _called_from(frame))


def _called_from(made: FrameType) -> Line | None:
    """Return the nearest caller in another file, up to the module that is run."""
    frame, code = made, made.f_code
    own = code.co_filename
    while code.co_name != "<module>" or _of_library[code.co_filename]:
        above = frame.f_back
        if above is None:
            return None
        frame, code = above, above.f_code
        file = code.co_filename
        if file != own and not _of_library[file]:
            return Line(file, frame.f_lineno)
    return None


def steps_of(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames of a traceback outside of the library, outermost first."""
    steps = traceback.extract_tb(error.__traceback__)
    return [step for step in steps if not is_library(step.filename)]
