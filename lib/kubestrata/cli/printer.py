"""Standard output and standard error: every command prints through this module.

Standard output is reserved for the result of the command. After `claim`, anything else that
writes there (main.py, a program that it starts, a library) writes to standard error instead.
The result is written as a whole when the command has ended, so that no failure cuts it off.

Secret values, terminal control sequences and workflow commands of CI systems are removed from
everything that is printed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

from kubestrata.core import secret_record
from kubestrata.core.errors import OutputError
from kubestrata.core.json_value import is_mapping, is_sequence
from kubestrata.core.plain_text import PLAIN, Span, harmless, harmless_json, one_line

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from kubestrata.bindings import Progress
    from kubestrata.rules.secret_value import SecretValues

_OUT, _ERROR = 1, 2


class ReaderLeft(Exception):
    """The reader of the result closed the pipe, as `head` does."""


class _Streams:
    """The streams as they were when the command began, and the result to be written."""

    def __init__(self) -> None:
        self.out, self.error = _OUT, _ERROR
        self.claimed = False
        self.result: list[str] = []
        self.secrets: SecretValues | None = None


_streams = _Streams()


def claim() -> None:
    """Reserve standard output for the result, and begin to record secrets."""
    if _streams.claimed:
        return
    secret_record.start()
    sys.stdout.flush()
    _streams.out = os.dup(_OUT)
    with contextlib.suppress(OSError):
        _streams.error = os.dup(_ERROR)
    try:
        os.dup2(_ERROR, _OUT)
    except OSError:  # standard error is closed
        _to_nowhere(_OUT)
    sys.stdout = open(  # noqa: SIM115  # for as long as the program runs
        _OUT, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )
    _streams.claimed = True


def _to_nowhere(stream: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    if nowhere != stream:
        os.close(nowhere)


def clean(text: str) -> str:
    """Return a text without secret values."""
    recorded, derived = secret_record.taken(), secret_record.taken_texts()
    if _streams.secrets is None:
        from kubestrata.rules.secret_value import SecretValues

        _streams.secrets = SecretValues()
    for manifest in recorded:
        _streams.secrets.add(manifest)
    for each in derived:
        _streams.secrets.hide(each)
    return _streams.secrets.scrub(text)


def lines(made: Iterable[Iterable[Span]]) -> None:
    """Add lines to the result, each of several spans, in colour if enabled."""
    colour = is_coloured(_streams.out)
    _streams.result += [_painted(spans, colour=colour) for spans in made]


def line(text: str) -> None:
    """Add one line to the result."""
    lines([[Span(text)]])


def page(text: str) -> None:
    """Add a text of several lines to the result, unwrapped."""
    _streams.result.append(harmless(clean(text)))


def manual(text: str) -> None:
    """Add a text of the command line itself, which holds nothing of a project's objects."""
    _streams.result.append(harmless(text))


def commands(text: str) -> None:
    """Add workflow commands, escaped already, to the result."""
    _streams.result.append(text)


def document(value: Any) -> None:
    """Add a JSON document to the result."""
    text = json.dumps(_cleaned(value), indent=2, ensure_ascii=False)
    _streams.result.append(harmless_json(text) + "\n")


def xml(root: ET.Element) -> None:
    """Add an XML document to the result."""
    for element in root.iter():
        element.attrib = {key: one_line(clean(each)) for key, each in element.attrib.items()}
        if element.text:
            element.text = "\n".join(map(one_line, clean(element.text).split("\n")))
    from xml.etree import ElementTree as ET

    ET.indent(root)
    _streams.result.append(ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n")


def note(*spans: Span | str) -> None:
    """Write one line to standard error at once."""
    made = [Span(each) if isinstance(each, str) else each for each in spans]
    _try_error(_painted(made, colour=is_coloured(_streams.error)))


def notes(text: str) -> None:
    """Write a text of several lines to standard error at once."""
    _try_error(harmless(clean(text)).rstrip("\n") + "\n")


def discard() -> None:
    """Discard the result so far: a failure replaces it."""
    _streams.result.clear()


def deliver() -> None:
    """Write the result; raises OutputError or ReaderLeft if it cannot be written."""
    data = "".join(_streams.result).encode("utf-8", "backslashreplace")
    discard()
    try:
        _write(_streams.out, data)
    except BrokenPipeError:
        raise ReaderLeft from None
    except OSError as error:
        why = f"cannot be written: {error.strerror}"
        fix = "check the file or program that standard output is connected to"
        raise OutputError("standard output", "the result", why, fix) from None


def finish() -> bool:
    """Flush output written before `claim`; return False if that fails."""
    if _streams.claimed:
        return True
    try:
        sys.stdout.flush()
    except OSError:
        _to_nowhere(_OUT)  # what is still in the buffer is flushed once more at exit
        return False
    return True


def is_coloured(stream: int) -> bool:
    """Return True if a stream is printed in colour; NO_COLOR takes precedence over FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and os.isatty(stream)


@contextlib.contextmanager
def progress() -> Generator[Progress]:
    """Show a progress bar on standard error if it is a terminal."""
    if not os.isatty(_streams.error) or os.environ.get("TERM") == "dumb":
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True, no_color=not is_coloured(_streams.error))
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=one_line(clean(what)), completed=done, total=total)

        yield show


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if is_mapping(value):
        return {clean(str(key)): _cleaned(part) for key, part in value.items()}
    return [_cleaned(part) for part in value] if is_sequence(value) else value


def _painted(spans: Iterable[Span], *, colour: bool) -> str:
    text = ""
    for span in spans:
        plain = one_line(clean(span.text))
        text += f"\x1b[{span.code}m{plain}\x1b[0m" if colour and span.code != PLAIN else plain
    return text + "\n"


def _write(stream: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(stream, left) :]
        except BlockingIOError:  # another process may have made the pipe non-blocking
            select.select([], [stream], [])


def _try_error(text: str) -> None:
    """Write to standard error, unless it is closed."""
    with contextlib.suppress(OSError):
        _write(_streams.error, text.encode("utf-8", "backslashreplace"))
