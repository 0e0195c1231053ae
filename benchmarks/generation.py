"""Generating bindings: ours from all CRD files at once, `cdk8s import` from a sample.

cdk8s-cli takes one file per process, so that ours runs over the sample in the same way too.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from cdk8s_command import import_command, import_environment
from crd_files import crd_files, label, sample
from environment import BENCHMARKS, Environments
from generated_size import Size, sizes
from import_attempt import telling_line
from measure import CommandFailedError, Cost, median_cost, peak_memory, run
from verdict import Verdict

EVERY = 29
ROUNDS = 3
_GIB = 1 << 30


@dataclass(slots=True)
class Figures:
    """The cost and output of both sides; of the sample only files that cdk8s could import."""

    files: int
    all_cost: Cost
    all_peak: int
    all_sizes: dict[str, Size]
    sample_files: int
    failed: dict[str, str] = field(default_factory=dict[str, str])
    ours_each: list[Cost] = field(default_factory=list[Cost])
    theirs_each: list[Cost] = field(default_factory=list[Cost])
    ours_peak: int = 0
    theirs_peak: int = 0
    ours_sizes: dict[str, Size] = field(default_factory=dict[str, Size])
    theirs_sizes: dict[str, Size] = field(default_factory=dict[str, Size])

    @property
    def per_file(self) -> float:
        """CPU seconds per file of kubestrata, all at once."""
        return self.all_cost.cpu_seconds / self.files

    @property
    def theirs_per_file(self) -> float:
        """CPU seconds per file of cdk8s."""
        return _mean(self.theirs_each)

    @property
    def ours_alone(self) -> float:
        """CPU seconds per file of kubestrata, each in a separate process."""
        return _mean(self.ours_each)


def _mean(costs: Sequence[Cost]) -> float:
    return sum(each.cpu_seconds for each in costs) / max(len(costs), 1)


def write_config(folder: Path, files: Sequence[Path]) -> None:
    """Write a cdk8s.yaml of these files, each in the package of its project."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = [f"- {file.parent.name.replace('-', '_')}:={file}\n" for file in files]
    (folder / "cdk8s.yaml").write_text("imports:\n" + "".join(entries), encoding="utf-8")


def our_command(folder: Path) -> list[str]:
    """Return the command with which kubestrata generates the bindings of a folder."""
    return [sys.executable, str(BENCHMARKS / "generate_bindings.py"), str(folder)]


def _forget(folder: Path) -> None:
    # Equal existing files would not be written again.
    shutil.rmtree(folder / "kubeapis", ignore_errors=True)
    (folder / "kubeapis.lock").unlink(missing_ok=True)


def _all(environments: Environments, files: list[Path], scratch: Path) -> Figures:
    folder = scratch / "all"
    write_config(folder, files)
    env = environments.of("warm")
    costs = []
    for _ in range(ROUNDS):
        _forget(folder)
        costs.append(run(our_command(folder), env, scratch))
    _forget(folder)
    peak = peak_memory(our_command(folder), env, scratch)
    figures = Figures(len(files), median_cost(costs), peak, sizes(folder / "kubeapis"), 0)
    shutil.rmtree(folder)
    return figures


def measure_generation(environments: Environments, mirror: Path, scratch: Path) -> Figures:
    """Measure everything in turns; takes about three minutes."""
    files = crd_files(mirror)
    figures = _all(environments, files, scratch)
    chosen = sample(files, EVERY)
    figures.sample_files = len(chosen)
    env = environments.of("warm")
    temporary, theirs, ours = (scratch / name for name in ("temporary", "theirs", "ours"))
    temporary.mkdir()
    node = import_environment(env, temporary)
    made: list[Path] = []
    for number, file in enumerate(chosen):
        try:
            cost = run(import_command(str(file), theirs / str(number)), node, scratch)
        except CommandFailedError as error:
            figures.failed[label(file, mirror)] = telling_line(str(error))
            shutil.rmtree(theirs / str(number), ignore_errors=True)
            continue
        figures.theirs_each.append(cost)
        write_config(ours, [file])
        figures.ours_each.append(run(our_command(ours), env, scratch))
        _forget(ours)
        made.append(file)
    figures.theirs_sizes = sizes(theirs)
    write_config(ours, made)
    run(our_command(ours), env, scratch)
    figures.ours_sizes = sizes(ours / "kubeapis")
    largest = max(made, key=lambda file: file.stat().st_size)
    figures.theirs_peak = peak_memory(import_command(str(largest), theirs / "peak"), node, scratch)
    write_config(ours, [largest])
    _forget(ours)
    figures.ours_peak = peak_memory(our_command(ours), env, scratch)
    for folder in (temporary, theirs, ours):
        shutil.rmtree(folder)
    return figures


def verdicts(figures: Figures) -> list[Verdict]:
    """The targets."""
    typical = median(each.cpu_seconds for each in figures.theirs_each)
    return [
        Verdict(
            "times less CPU per CRD file than cdk8s import, all at once",
            figures.theirs_per_file / figures.per_file,
            20,
        ),
        Verdict("the same, by the median of cdk8s import's sample", typical / figures.per_file, 20),
        Verdict("GiB at most while generating all", figures.all_peak / _GIB, 2, is_cost=True),
    ]
