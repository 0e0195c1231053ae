"""Markdown: tables, and pages of which another program writes the last section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

SECTION = "## Bindings"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells hold no `|`."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def ms(seconds: float) -> str:
    """Whole milliseconds."""
    return f"{1000 * seconds:.0f}"


def _split(path: Path) -> tuple[str, str]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before, mark, after = f"\n{text}".partition(f"\n{SECTION}\n")
    return before.strip(), f"{mark}{after}".strip()


def write_page(path: Path, text: str) -> None:
    """Write everything but the section on bindings, which stays."""
    _write(path, text.strip(), _split(path)[1])


def write_section(path: Path, text: str) -> None:
    """Write the section on bindings; everything else stays."""
    _write(path, _split(path)[0], text.strip())


def _write(path: Path, *parts: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
