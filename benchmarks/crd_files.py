"""The CRD files of a folder of schema sources, and the kinds that each declares.

Read with PyYAML alone and every scalar as text, so that neither side evaluates itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of a CRD; `versions` as it lists them."""

    group: str
    name: str
    versions: tuple[str, ...]

    @property
    def package(self) -> str:
        """The package in kubeapis if the source has no name."""
        return self.group.replace(".", "_").replace("-", "_")


def crd_files(mirror: Path) -> list[Path]:
    """Return all CRD files, always in the same order."""
    return sorted((mirror / "crds").rglob("*.yaml"))


def sample(files: list[Path], every: int) -> list[Path]:
    """Return every n-th file, so that every project is represented."""
    return files[every // 2 :: every]


def label(file: Path, mirror: Path) -> str:
    """`project/file.yaml`."""
    return file.relative_to(mirror / "crds").as_posix()


def _documents(content: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(content, dict):
        return
    if content.get("kind") == "List":
        for each in content.get("items") or []:
            yield from _documents(each)
    elif content.get("kind") == "CustomResourceDefinition":
        yield content


def _kind(definition: dict[str, Any]) -> Kind:
    spec = definition["spec"]
    listed = spec.get("versions") or [{"name": spec["version"]}]
    return Kind(spec["group"], spec["names"]["kind"], tuple(each["name"] for each in listed))


def declared_kinds(files: Iterable[Path]) -> list[Kind]:
    """Return the kinds that the CRDs of these files declare."""
    return [
        _kind(definition)
        for file in files
        for content in yaml.load_all(file.read_text(encoding="utf-8"), yaml.CBaseLoader)
        for definition in _documents(content)
    ]
