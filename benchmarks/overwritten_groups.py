"""Kinds that survive if twenty CRD files are twenty entries of one cdk8s.yaml.

`cdk8s import` writes a module per API group, and each entry writes its group's module anew.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cdk8s_command import import_config_command, import_environment, modules
from crd_files import Kind, declared_kinds
from environment import BENCHMARKS, Environments
from generation import our_command, write_config
from measure import run
from verdict import Verdict

PROJECTS = ("cert-manager", "gateway-api-standard", "flux")
_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Left:
    """The kinds that the files declare, and those that each side's bindings hold."""

    entries: int
    declared: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def _files(mirror: Path) -> list[Path]:
    found = [file for name in PROJECTS for file in sorted((mirror / "crds" / name).glob("*.yaml"))]
    return found[:_ENTRIES]


def _loaded(side: str, names: Sequence[str], env: Mapping[str, str], folder: Path) -> set[str]:
    path = os.pathsep.join(map(str, [folder, BENCHMARKS]))
    command = [sys.executable, str(BENCHMARKS / "loaded_kinds.py"), side, *names]
    run(command, {**env, "PYTHONPATH": path}, folder)
    lines = (folder / "output.txt").read_text(encoding="utf-8").splitlines()
    return {_kind(line) for line in lines}


def _kind(line: str) -> str:
    version, _, name = line.partition(" ")
    return f"{version.rpartition('/')[0]} {name}"


def _ours(kinds: Mapping[str, Sequence[Kind]]) -> list[str]:
    return [
        f"{package}.{version}.{kind.name}"
        for package, found in kinds.items()
        for kind in found
        for version in kind.versions
    ]


def measure_overwritten(environments: Environments, mirror: Path, scratch: Path) -> Left:
    """Measure both sides with the same cdk8s.yaml; takes about two minutes."""
    files = _files(mirror)
    env = environments.of("warm")
    folder = scratch / "twenty"
    write_config(folder, files)
    run(our_command(folder), env, folder)
    packages: dict[str, list[Kind]] = {}
    for file in files:
        packages.setdefault(file.parent.name.replace("-", "_"), []).extend(declared_kinds([file]))
    ours = _loaded("kubestrata", _ours(packages), env, folder)
    # Without the names of packages, which cdk8s would put before the name of every class.
    text = "language: python\napp: 'true'\nimports:\n" + "".join(f"- {file}\n" for file in files)
    (folder / "cdk8s.yaml").write_text(text, encoding="utf-8")
    temporary = folder / "temporary"
    temporary.mkdir()
    output = folder / "imports"
    run(import_config_command(output), import_environment(env, temporary), folder)
    names = [f"imports.{name}" for name in modules(output)]
    theirs = _loaded("cdk8s", names, env, folder)
    shutil.rmtree(folder)
    declared = {f"{kind.group} {kind.name}" for found in packages.values() for kind in found}
    return Left(len(files), tuple(sorted(declared)), tuple(sorted(ours)), tuple(sorted(theirs)))


def verdicts(left: Left) -> list[Verdict]:
    """The target."""
    text = f"kinds of {left.entries} entries that ours has, where cdk8s import has "
    return [Verdict(f"{text}{len(left.theirs)}", len(left.ours), len(left.declared))]
