"""Markdown tables, and pages with sections written by other programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ALTERNATIVES, BINDINGS, CHECKING, PLATFORMS, TREES = SECTIONS = (
    "## Alternatives",
    "## Bindings",
    "## Checking",
    "## Platforms",
    "## Trees",
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells must not contain `|`."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def ms(seconds: float) -> str:
    """Whole milliseconds."""
    return f"{1000 * seconds:.0f}"


def _split(path: Path) -> dict[str, str]:
    """Return the sections of other programs by heading, and the rest under ""."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = re.split(f"^({'|'.join(SECTIONS)})\n", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {"": parts[0]} | {head: f"{head}\n{body}" for head, body in found.items()}


def write_page(path: Path, text: str) -> None:
    """Write a page, keeping the sections of other programs."""
    _write(path, _split(path) | {"": text})


def write_section(path: Path, section: str, text: str) -> None:
    """Write one of SECTIONS, its heading included, keeping the rest of the page."""
    _write(path, _split(path) | {section: text})


def _write(path: Path, parts: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [parts[name].strip() for name in ("", *SECTIONS) if parts.get(name)]
    path.write_text("\n\n".join(part for part in kept if part) + "\n", encoding="utf-8")
