"""A kustomization.yaml, and every file that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.violation import Place

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PLAIN = frozenset({"apiVersion", "kind", "metadata", "resources", "bases"})
CHECKED = PLAIN | {
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generatorOptions",
    "images",
    "labels",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "secretGenerator",
    "sortOptions",
    "vars",
}
"""What names no files, or names files that are looked at here."""
_REMOTE = re.compile(r"[A-Za-z+]+://|git@|git::|[\w.-]+\.[a-z]{2,}[/:].*/|.*\?(ref|version)=")
_FILES = ("patchesStrategicMerge", "crds", "configurations", "generators", "transformers")
_PATHS = ("patches", "patchesJson6902", "replacements")
GENERATORS = ("configMapGenerator", "secretGenerator")


@dataclass(frozen=True, slots=True)
class FileList:
    """A kustomization.yaml: its value without what cannot be rendered here."""

    path: str
    text: str
    value: dict[str, Any]

    @property
    def folder(self) -> str:
        """The folder that it is in."""
        return self.path.rpartition("/")[0]

    def place(self, entry: str = "") -> Place:
        """The line that names an entry."""
        lines = self.text.splitlines()
        hits = (number for number, line in enumerate(lines, 1) if entry and entry in line)
        return Place(self.path, next(hits, 1))


def is_remote(entry: str) -> bool:
    """Whether an entry names something of another repository."""
    return _REMOTE.match(entry) is not None


def other_files(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every other file that a kustomization names, with the field that names it."""
    for key in _FILES:
        for index, entry in enumerate(sequence(value.get(key))):
            if isinstance(entry, str) and "\n" not in entry:
                yield f"{key}[{index}]", entry
    for key in _PATHS:
        for index, entry in enumerate(sequence(value.get(key))):
            yield from _path(f"{key}[{index}]", entry)
    for key in GENERATORS:
        for index, entry in enumerate(sequence(value.get(key))):
            yield from _generated(f"{key}[{index}]", mapping(entry))
    yield from _path("openapi", value.get("openapi"))


def _path(at: str, entry: object) -> Iterator[tuple[str, str]]:
    if isinstance(path := mapping(entry).get("path"), str):
        yield f"{at}.path", path


def _generated(at: str, entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for index, file in enumerate(sequence(entry.get("files"))):
        yield f"{at}.files[{index}]", str(file).rpartition("=")[2]
    for index, file in enumerate(sequence(entry.get("envs"))):
        yield f"{at}.envs[{index}]", str(file)
    if isinstance(file := entry.get("env"), str):
        yield f"{at}.env", file
