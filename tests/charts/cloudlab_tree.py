"""The delivered tree of cloudlab, as tests read it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import yaml

from tests import main_platform

Objects = list[dict[str, Any]]
# Neither is applied by Flux.
_OTHERS = ("cloudlab/bootstrap/", "cloudlab/talos/", "cloudlab/tests/")


def written() -> dict[str, bytes]:
    """Return all files of the cluster, by path."""
    tree = main_platform.delivered().contents
    return {path: content for path, content in tree.items() if path.startswith("cloudlab/")}


def applied(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files that Flux applies."""
    return {path: content for path, content in files.items() if not path.startswith(_OTHERS)}


def objects_in(files: dict[str, bytes]) -> Objects:
    """Return the objects in the files that Flux applies."""
    return [
        document
        for path, content in applied(files).items()
        if PurePosixPath(path).name != "kustomization.yaml"
        for document in yaml.load_all(content, yaml.CSafeLoader)
    ]


def of_kind(objects: Objects, kind: str) -> dict[str, dict[str, Any]]:
    """Return the objects of a kind, whose names are unique."""
    found = [item for item in objects if item["kind"] == kind]
    named = {item["metadata"]["name"]: item for item in found}
    assert len(named) == len(found)
    return named


def values_of(objects: Objects, release: str) -> dict[str, Any]:
    """Return the values of a HelmRelease."""
    values: dict[str, Any] = of_kind(objects, "HelmRelease")[release]["spec"]["values"]
    return values
