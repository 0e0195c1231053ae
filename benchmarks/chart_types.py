"""mypy --strict on a chart of twenty kinds, once for each side's bindings, with a cold cache."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from cdk8s_bindings import BindingsMissingError
from cdk8s_command import import_command, import_environment
from chart_source import USES, chart
from environment import CACHE, ROOT, Environments
from generation import our_command
from measure import CommandFailedError, Cost, peak_memory, run
from verdict import Verdict

_CHART = "chart.py"


@dataclass(frozen=True, slots=True)
class Figure:
    """The measurement of checking one side's chart."""

    side: str
    cost: Cost
    peak_bytes: int


def _kubernetes() -> str:
    entries: list[str] = yaml.safe_load((ROOT / "cdk8s.yaml").read_text())["imports"]
    return next(entry for entry in entries if entry.startswith("k8s@"))


def _prepare_ours(folder: Path, mirror: Path, env: dict[str, str]) -> None:
    files = [f"{use.package}:={mirror / 'crds' / use.file}" for use in USES if use.file]
    text = "imports:\n" + "".join(f"- {entry}\n" for entry in (_kubernetes(), *files))
    (folder / "cdk8s.yaml").write_text(text, encoding="utf-8")
    run(our_command(folder), env, folder)


def _prepare_theirs(folder: Path, mirror: Path, env: dict[str, str]) -> None:
    kept = CACHE / "chart-types"
    if not kept.exists():
        made, temporary = folder / "made", folder / "temporary"
        temporary.mkdir()
        sources = [_kubernetes(), *(str(mirror / "crds" / use.file) for use in USES if use.file)]
        for source in sources:
            try:
                run(import_command(source, made), import_environment(env, temporary), folder)
            except CommandFailedError as error:
                raise BindingsMissingError(f"cdk8s import {source}: {error}") from None
        CACHE.mkdir(exist_ok=True)
        shutil.copytree(made, kept)
        shutil.rmtree(temporary)
        shutil.rmtree(made)
    shutil.copytree(kept, folder / "imports")


def _check(cache: str) -> list[str]:
    # Every module of cdk8s import loads `publication`, which has no types.
    options = ("--strict", "--disable-error-code=import-untyped", "--config-file=")
    return [sys.executable, "-m", "mypy", *options, "--cache-dir", cache, _CHART]


def measure_types(environments: Environments, mirror: Path, scratch: Path) -> list[Figure]:
    """Measure both sides; raises CommandFailedError if a chart has errors."""
    env = {**environments.of("warm"), "KUBESTRATA_MIRROR": str(mirror)}
    figures = []
    for side, prepare in {"kubestrata": _prepare_ours, "cdk8s": _prepare_theirs}.items():
        folder = scratch / f"types-{side}"
        folder.mkdir()
        prepare(folder, mirror, env)
        (folder / _CHART).write_text(chart(ours=side == "kubestrata"), encoding="utf-8")
        paths = {**env, "MYPYPATH": str(folder)}
        cost = run(_check("cache"), paths, folder)
        peak = peak_memory(_check("cache-of-memory"), paths, folder)
        figures.append(Figure(side, cost, peak))
        shutil.rmtree(folder)
    return figures


def verdicts(figures: Sequence[Figure]) -> list[Verdict]:
    """Return the targets: not more than `cdk8s import` takes."""
    ours, theirs = figures
    return [
        Verdict(
            "times less CPU for mypy --strict",
            theirs.cost.cpu_seconds / ours.cost.cpu_seconds,
            1,
        ),
        Verdict("times less memory for mypy --strict", theirs.peak_bytes / ours.peak_bytes, 1),
    ]
