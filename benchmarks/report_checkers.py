"""The section on checking: speed of programs on the same files, and misspelt fields found."""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Sequence

from checker_comparison import COUNT, FEWER, LIMIT_SECONDS, MISSPELT, PER_FILE, Result
from checkers import CHECKERS
from markdown import CHECKING, table

_HOW = """\
```sh
make bench-check                                             # the tables below; some five minutes
make bench-check ARGS="5000 --alone"                         # ours alone
make bench-check ARGS="--write docs/reference/performance.md"
```"""


_IN_PROCESS = """\
Objects of twelve kinds, ten of them custom; each fits its schema, what policies of the profile
`restricted` find is counted. They are made in memory. Memory is what
the process holds after the row."""
_PROGRAMS = """\
- **kubestrata**: `kubestrata check`, profile `restricted`, so all rules
- **kubernetes-validate**: `validate(..., strict=True)` for each object; it has the schemas of
  built-in kinds and passes over others
- **trivy**: `trivy config`, scanner `kubernetes`, the checks that are built in
- **checkov**: framework `kubernetes`"""
_NO_VERDICT = """\
They check different things, so no ratio is a verdict: kubestrata and kubernetes-validate know
schemas, trivy and checkov how workloads ought to run. kubestrata's errors are what this folder
lacks, as it is not a whole cluster: CRDs, a Gateway, folders and Kustomizations. The reports of
trivy and checkov do not contain the number of objects that they have checks for."""


def _speed(result: Result) -> list[str]:
    cost, found = result.cost, result.found
    if cost is None or found is None:
        return [result.checker.name, *["-"] * 7]
    return [
        result.checker.name,
        f"{result.count:,}",
        "not stated" if found.checked is None else f"{found.checked:,}",
        f"{result.count / cost.wall_seconds:,.0f}",
        f"{cost.wall_seconds:.1f}",
        f"{cost.cpu_seconds:.1f}",
        f"{result.peak_bytes / 2**20:.0f}",
        f"{len(found.texts):,}",
    ]


def _sample(result: Result) -> list[str]:
    if result.sample is None:
        return [result.checker.name, *["-"] * 4]
    right, broken = result.sample
    named = ", ".join(result.named) or "none"
    return [
        result.checker.name,
        f"{result.sample_seconds:.1f}",
        str(right),
        str(broken),
        f"{len(result.named)} of {len(MISSPELT)}: {named}" if result.named else named,
    ]


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 95, break_long_words=False, break_on_hyphens=False)


def _measured() -> str:
    pinned = ", ".join(f"`{each.requirement}`" for each in CHECKERS if each.requirement)
    return _wrapped(
        f"{COUNT:,} objects as multi-document YAML files of {PER_FILE}, in one folder. Each "
        "program in fresh processes, from reading the files to the JSON of the report: one run "
        "for the seconds, one for the memory. CPU is user and system time of the whole process "
        f"tree. Programs that take longer than {LIMIT_SECONDS:.0f} s check {FEWER}. {pinned}, each "
        "in a separate environment, with fetching switched off."
    )


def _misspelt() -> str:
    fields = ", ".join(f"{kind} `{wrong}`" for kind, (_, wrong) in MISSPELT.items())
    return _wrapped(
        f"Three objects, once right and once with one misspelt field each: {fields}. The seconds "
        "are those of the second run, mostly what starting costs. A finding that something is "
        "missing counts, but only naming the misspelt field does in the last column."
    )


def _side_by_side(results: Sequence[Result]) -> str:
    speed = [
        "program",
        "objects",
        "by schema",
        "objects/s",
        "wall s",
        "CPU s",
        "peak MB",
        "findings",
    ]
    sample = ["program", "wall s", "findings, right", "findings, misspelt", "misspelt field named"]
    return "\n\n".join(
        [
            "### The same files by other programs",
            _measured(),
            _PROGRAMS,
            table(speed, (_speed(each) for each in results)),
            _NO_VERDICT,
            _misspelt(),
            table(sample, (_sample(each) for each in results)),
            *(f"- {each.checker.name}: {each.note}" for each in results if each.note),
        ]
    )


def render(in_process: str, results: Sequence[Result]) -> str:
    """Return the whole section."""
    python = f"{platform.system()}, Python {platform.python_version()}"
    parts = [
        CHECKING,
        f"Written by `make bench-check`. {os.cpu_count()} cores, {python}.",
        _HOW,
        "### In one process",
        _IN_PROCESS,
        in_process,
    ]
    return "\n\n".join([*parts, _side_by_side(results)] if results else parts)
