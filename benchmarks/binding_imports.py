"""Import time of one kind of kubeapis, compared with the module of `cdk8s import`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from environment import Environments, State
from measure import Cost, median_cost, peak_memory, run
from verdict import Verdict

MEMORY_ROUNDS = 3
_KIND_MS: dict[State, float] = {"cold": 40, "warm": 15}
_PACKAGE_MS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A statement to run in a fresh interpreter."""

    text: str
    needs_cdk8s_bindings: bool = False


BARE = Case("pass")
MSGSPEC = Case("import msgspec")
PACKAGE = Case("import kubeapis")
KINDS = (
    Case("from kubeapis import k8s; k8s.Deployment"),
    Case("from kubeapis import gateway; gateway.HTTPRoute"),
    Case("from kubeapis import cert_manager; cert_manager.Issuer"),
    Case("from kubeapis import prometheus; prometheus.Prometheus"),
)
CASES = (
    BARE,
    MSGSPEC,
    PACKAGE,
    *KINDS,
    Case("import cdk8s"),
    Case("from cdk8s_imports import k8s", needs_cdk8s_bindings=True),
    Case("from cdk8s_imports.io.k8s.networking import gateway", needs_cdk8s_bindings=True),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """The measurement of a case."""

    case: Case
    state: State
    cost: Cost
    peak_bytes: int


def command(case: Case) -> list[str]:
    """Return the command of a case."""
    return [sys.executable, "-c", case.text]


def measure_imports(
    environments: Environments,
    scratch: Path,
    *,
    cases: tuple[Case, ...],
    state: State,
    rounds: int,
) -> list[Figure]:
    """Return the medians of every case, run in turns."""
    env = environments.of(state)
    costs: dict[Case, list[Cost]] = {case: [] for case in cases}
    peaks: dict[Case, list[int]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            costs[case].append(run(command(case), env, scratch))
    for _ in range(MEMORY_ROUNDS):
        for case in cases:
            peaks[case].append(peak_memory(command(case), env, scratch))
    return [
        Figure(case, state, median_cost(costs[case]), round(median(peaks[case]))) for case in cases
    ]


def verdicts(figures: list[Figure]) -> list[Verdict]:
    """Return the targets: the package over bare, each kind over msgspec, which all need."""
    cpu = {(one.state, one.case): one.cost.cpu_seconds for one in figures}
    checked = []
    for one in figures:
        wanted = _KIND_MS.get(one.state)
        if one.case == PACKAGE and wanted:
            taken = 1000 * (one.cost.cpu_seconds - cpu[one.state, BARE])
            text = f"ms CPU over bare, `{one.case.text}`, {one.state}"
            checked.append(Verdict(text, taken, _PACKAGE_MS, is_cost=True))
        elif one.case in KINDS and wanted:
            taken = 1000 * (one.cost.cpu_seconds - cpu[one.state, MSGSPEC])
            text = f"ms CPU over msgspec, `{one.case.text}`, {one.state}"
            checked.append(Verdict(text, taken, wanted, is_cost=True))
    return checked
