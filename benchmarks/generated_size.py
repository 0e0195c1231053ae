"""Size of generated bindings: files, bytes and lines, by type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PARTS: Mapping[str, str] = {
    ".py": "Python",
    ".pyi": "stubs",
    ".json": "schemas",
    ".tgz": "jsii assembly",
}


@dataclass(frozen=True, slots=True)
class Size:
    """The total size of several files; packed files have no lines."""

    files: int = 0
    size: int = 0
    lines: int = 0

    def plus(self, data: bytes, *, is_text: bool) -> Size:
        """Return the size with one more file."""
        lines = data.count(b"\n") if is_text else 0
        return Size(self.files + 1, self.size + len(data), self.lines + lines)


def sizes(folder: Path) -> dict[str, Size]:
    """Return the size of each part in PARTS and of `all`, without bytecode."""
    found = dict.fromkeys((*PARTS.values(), "all"), Size())
    for file in folder.rglob("*"):
        part = PARTS.get(file.suffix)
        if part is not None:
            data = file.read_bytes()
            for each in (part, "all"):
                found[each] = found[each].plus(data, is_text=file.suffix != ".tgz")
    return found
