"""The lock beside the generated tree: where it came from and what every file must be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen

if TYPE_CHECKING:
    from kubestrata.bindings.source.retrieve import Retrieved

GENERATOR = "4"
"""Raised whenever the same sources would give other files."""
LOCK_FILE = "kubeapis.lock"


class Lock(Frozen):
    """The content of a lock file."""

    generator: str
    sources: Mapping[str, str]
    files: Mapping[str, str]
    descriptions: bool = False


class SchemaSource(Frozen):
    """The package of a generated tree that an import made, its address and its version."""

    package: str
    address: str
    version: str


def digest(data: bytes) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def tree_digest(files: Mapping[str, str]) -> str:
    """Return one sha256 over all files of a tree and their names."""
    return digest("".join(f"{files[path]}  {path}\n" for path in sorted(files)).encode())


def lock_text(
    sources: Iterable[Retrieved], files: Mapping[str, bytes], *, descriptions: bool = False
) -> str:
    """Render the lock as sorted JSON with one fact per line; `descriptions` only if kept."""
    digests = {path: digest(files[path]) for path in sorted(files)}
    entries = [
        {
            "name": source.entry.name,
            "address": source.entry.address,
            "version": source.version,
            "sha256": source.sha256,
            **({"parts": source.parts} if source.parts else {}),
        }
        for source in sources
    ]
    content = {
        "generator": GENERATOR,
        **({"descriptions": True} if descriptions else {}),
        "tree": tree_digest(digests),
        "sources": sorted(entries, key=lambda entry: (entry["address"], entry["name"])),
        "files": digests,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_lock(imports_dir: Path, name: str = LOCK_FILE) -> Lock | None:
    """Return the lock of a tree, None if there is none; raise if it cannot be read."""
    path = imports_dir / name
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        sources = {str(each["address"]): str(each["sha256"]) for each in content["sources"]}
        files = {str(name): str(sha256) for name, sha256 in content["files"].items()}
        descriptions = content.get("descriptions") is True
        return Lock(str(content["generator"]), sources, files, descriptions)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        fix = "restore it, or delete it and import again"
        raise ImportSourceError(path.name, "cannot be read", "is not a lock file", fix) from None


def read_sources(imports_dir: Path) -> list[SchemaSource]:
    """Return the sources of a generated tree, none if its lock cannot be read."""
    try:
        content: Any = json.loads((imports_dir / LOCK_FILE).read_text(encoding="utf-8"))
        return [
            SchemaSource(str(each["name"]), str(each["address"]), str(each["version"]))
            for each in content["sources"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
