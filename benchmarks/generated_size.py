"""How large generated bindings are: files, bytes and lines, by what they are."""

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
    """What several files hold together; packed files have no lines."""

    files: int = 0
    size: int = 0
    lines: int = 0

    def plus(self, data: bytes, *, is_text: bool) -> Size:
        """With one file more."""
        lines = data.count(b"\n") if is_text else 0
        return Size(self.files + 1, self.size + len(data), self.lines + lines)


def sizes(folder: Path) -> dict[str, Size]:
    """Part -> size, without bytecode; the parts are those of PARTS and `all`."""
    found = dict.fromkeys((*PARTS.values(), "all"), Size())
    for file in folder.rglob("*"):
        part = PARTS.get(file.suffix)
        if part is not None:
            data = file.read_bytes()
            for each in (part, "all"):
                found[each] = found[each].plus(data, is_text=file.suffix != ".tgz")
    return found
