"""Generated code passes strict type checkers: a sample always, everything on demand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bindings.project import (
    MIRROR,
    ROOT,
    Project,
    charts,
    crd_folders,
    kubernetes_versions,
    needs_mirror,
)
from tests.type_check import mypy

PYRIGHT = Path(sys.executable).with_name("basedpyright")
# Recursive, open, wide, and with kinds that are called like what Python has.
DIFFICULT = ("cilium", "external-snapshotter", "kagent", "zalando-postgres-operator")


def package(path: Path) -> str:
    return path.name.partition(".schema")[0].replace("-", "_").replace(".", "_")


def beside_library(project: Project) -> None:
    """Put the library where a type checker takes it for a part of the project."""
    shutil.copytree(
        ROOT / "lib" / "kubestrata",
        project.folder / "lib" / "kubestrata",
        ignore=shutil.ignore_patterns("__pycache__"),
    )


def mypy_of(project: Project) -> str:
    """Return the output of mypy for all bindings."""
    done = mypy(project.folder, project.tree, path=[ROOT / "lib", project.imports])
    return done.stdout + done.stderr


def pyright(project: Project) -> list[str]:
    config = {
        "include": ["imports"],
        "extraPaths": ["lib", "imports"],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "pythonPlatform": "Linux",
    }
    (project.folder / "pyrightconfig.json").write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [PYRIGHT, "--outputjson", "--pythonpath", sys.executable],
        check=False,
        capture_output=True,
        text=True,
        cwd=project.folder,
        env={**os.environ, "NODE_OPTIONS": "--max-old-space-size=8192"},
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] > len(list(project.tree.rglob("*.py"))) / 2
    return [f"{each['file']}: {each['message']}" for each in report["generalDiagnostics"]]


@needs_mirror
def test_a_sample_passes_mypy(project: Project) -> None:
    project.add("k8s@1.36.0")
    project.add(*(f"{package(each)}:={each}" for each in crd_folders() if each.name in DIFFICULT))
    assert project.generate(MIRROR).problems == ()
    assert mypy_of(project) == ""


@pytest.fixture
def everything(project: Project) -> Project:
    """A project that imports all sources of the mirror."""
    project.add(*(f"k8s_{each.replace('.', '_')}:=k8s@{each}" for each in kubernetes_versions()))
    project.add(*(f"{package(each)}:={each}" for each in crd_folders()))
    project.add(*(f"{package(each)}:={each}" for each in charts()))
    project.generate(MIRROR)
    beside_library(project)
    return project


@needs_mirror
@pytest.mark.breadth
def test_everything_passes_mypy(everything: Project) -> None:
    assert mypy_of(everything) == ""


@needs_mirror
@pytest.mark.breadth
def test_everything_passes_pyright(everything: Project) -> None:
    assert pyright(everything) == []
