"""The results on bindings as a section of the page."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import binding_imports
import chart_types
import generation
import kind_isolation
import overwritten_groups
from chart_source import USES
from generated_size import Size
from markdown import BINDINGS, ms, table
from report import machine
from verdict import Verdict

_MB = 1_000_000


@dataclass(slots=True)
class Results:
    """The measurements; missing ones are left out of the report."""

    notes: list[str] = field(default_factory=list[str])
    generation: generation.Figures | None = None
    imports: list[binding_imports.Figure] = field(default_factory=list[binding_imports.Figure])
    isolation: list[kind_isolation.Loaded] = field(default_factory=list[kind_isolation.Loaded])
    types: list[chart_types.Figure] = field(default_factory=list[chart_types.Figure])
    left: overwritten_groups.Left | None = None
    failures: str = ""


def _part(title: str, *parts: str, verdicts: Sequence[Verdict] = ()) -> list[str]:
    checked = "\n".join(f"- {verdict}" for verdict in verdicts)
    return [f"### {title}", *parts, *([checked] if checked else [])]


def _generation(figures: generation.Figures) -> list[str]:
    head = ["side", "what", "files", "CPU s", "CPU s per file", "wall s per file", "peak MB"]
    each = len(figures.theirs_each)

    def row(side: str, what: str, files: int, cpu: float, wall: float, peak: int) -> list[str]:
        seconds = [f"{cpu:.1f}", f"{cpu / files:.3f}", f"{wall / files:.3f}"]
        return [side, what, str(files), *seconds, f"{peak / _MB:.0f}"]

    whole, ours, theirs = figures.all_cost, figures.ours_each, figures.theirs_each
    rows = [
        row(
            *("kubestrata", "all in one process", figures.files),
            *(whole.cpu_seconds, whole.wall_seconds, figures.all_peak),
        ),
        row(
            *("kubestrata", "a process per file", each, sum(one.cpu_seconds for one in ours)),
            *(sum(one.wall_seconds for one in ours), figures.ours_peak),
        ),
        row(
            *("cdk8s import", "a process per file", each, sum(one.cpu_seconds for one in theirs)),
            *(sum(one.wall_seconds for one in theirs), figures.theirs_peak),
        ),
    ]
    ratio = [
        [
            "cdk8s import / kubestrata all at once",
            f"{figures.theirs_per_file / figures.per_file:.0f}",
        ],
        [
            "cdk8s import / kubestrata, both a process per file",
            f"{figures.theirs_per_file / figures.ours_alone:.0f}",
        ],
    ]
    failed = [f"- fails, left out: {file}: `{why}`" for file, why in figures.failed.items()]
    about = _GENERATION.format(every=generation.EVERY, files=figures.sample_files)
    parts = [about, table(head, rows), table(["CPU per file", "ratio"], ratio), "\n".join(failed)]
    return _part(
        "Generating",
        *(part for part in parts if part),
        verdicts=generation.verdicts(figures),
    )


def _size(figures: generation.Figures) -> list[str]:
    def rows(what: str, sizes: Mapping[str, Size]) -> list[list[str]]:
        return [
            [what, part, str(size.files), f"{size.size / _MB:.2f}", f"{size.lines:,}"]
            for part, size in sizes.items()
            if size.files
        ]

    each = len(figures.theirs_each)
    found = [
        *rows(f"kubestrata, {figures.files} files", figures.all_sizes),
        *rows(f"kubestrata, the {each} of the sample", figures.ours_sizes),
        *rows(f"cdk8s import, the {each} of the sample", figures.theirs_sizes),
    ]
    ours, theirs = figures.ours_sizes["all"], figures.theirs_sizes["all"]
    times = _SIZE.format(size=theirs.size / ours.size, lines=theirs.lines / ours.lines)
    return _part("Size", table(["bindings of", "part", "files", "MB", "lines"], found), times)


def _imports(figures: Sequence[binding_imports.Figure]) -> list[str]:
    base = {(one.state, one.case): one.cost.cpu_seconds for one in figures}
    rows = [
        [
            *(one.state, f"`{one.case.text}`"),
            *(ms(one.cost.wall_seconds), ms(one.cost.cpu_seconds)),
            ms(one.cost.cpu_seconds - base[one.state, binding_imports.BARE]),
            ms(one.cost.cpu_seconds - base[one.state, binding_imports.MSGSPEC]),
            f"{one.peak_bytes / _MB:.0f}",
        ]
        for one in figures
    ]
    head = ["state", "statement", "wall ms", "CPU ms", "over bare", "over msgspec", "peak MB"]
    return _part(
        "Importing one kind",
        "A kind of `kubeapis` needs no Node; a module of `cdk8s import` starts it.",
        table(head, rows),
        verdicts=binding_imports.verdicts(list(figures)),
    )


def _isolation(loaded: Sequence[kind_isolation.Loaded]) -> list[str]:
    foreign: dict[tuple[str, ...], list[kind_isolation.Loaded]] = {}
    for one in loaded:
        foreign.setdefault(one.foreign, []).append(one)
    rows = [
        [
            ", ".join(f"`{module}`" for module in modules) or "none",
            str(len(kinds)),
            str(max(len(one.modules) for one in kinds)),
            f"`{kinds[0].kind}`",
        ]
        for modules, kinds in foreign.items()
    ]
    return _part(
        "What a kind loads",
        "Every version of every kind of this repository's bindings, each in a fresh interpreter.",
        table(["files of other groups", "kinds", "modules at most", "for example"], rows),
        verdicts=kind_isolation.verdicts(loaded),
    )


def _types(figures: Sequence[chart_types.Figure]) -> list[str]:
    rows = [
        [
            one.side,
            *(f"{one.cost.wall_seconds:.1f}", f"{one.cost.cpu_seconds:.1f}"),
            f"{one.peak_bytes / _MB:.0f}",
        ]
        for one in figures
    ]
    return _part(
        f"`mypy --strict` on a chart of {len(USES)} kinds",
        _TYPES,
        table(["bindings", "wall s", "CPU s", "peak MB"], rows),
        verdicts=chart_types.verdicts(figures),
    )


def _left(left: overwritten_groups.Left) -> list[str]:
    rows = [
        ["declared", str(len(left.declared)), ""],
        ["kubestrata", str(len(left.ours)), ""],
        ["cdk8s import", str(len(left.theirs)), ", ".join(f"`{kind}`" for kind in left.theirs)],
    ]
    return _part(
        f"{left.entries} entries of one cdk8s.yaml",
        _ENTRIES,
        table(["side", "kinds", "which"], rows),
        verdicts=overwritten_groups.verdicts(left),
    )


_METHOD = """Written by `make bench-bindings MIRROR=folder`. {machine}. Fresh processes; CPU is user
and system time of the whole process tree, and the basis of the verdicts."""
_AGAIN = """Needed is a folder of schema sources: `SOURCES.tsv`, `crds/PROJECT/*.yaml` and `k8s/`.

```sh
python benchmarks/import_failures.py folder  # what cannot be imported; half an hour, continues
make bench-bindings MIRROR=folder ARGS="--write docs/reference/performance.md"
make bench-bindings MIRROR=folder ARGS="--only generation imports isolation types entries"
```"""
_GENERATION = """Ours from every CRD file at once, each project a package; `cdk8s import --language
python` from every {every}th of them, {files} files. Of one file per process the peak is that of the
largest file of the sample. cdk8s-cli does not look for a newer version of itself."""
_SIZE = (
    "For the sample, `cdk8s import` writes {size:.1f} times the bytes, {lines:.1f} times the lines."
)
_TYPES = """The same objects, cold cache; the bindings hold Kubernetes and the kinds of the chart
alone. `import-untyped` is off for both: modules of `cdk8s import` load one without types."""
_ENTRIES = """One CRD file per entry. `cdk8s import` writes the module of a group anew for each, and
with it the modules of groups below; CRDs of one group in one file would be kept."""
_FAILURES = """Every file alone, in fresh processes. What was written is then imported; every
version of every kind must be there."""


def render(results: Results) -> str:
    """The section."""
    made = results.generation
    parts = [
        BINDINGS,
        textwrap.fill(_METHOD.format(machine=machine()), 96),
        _AGAIN,
        *results.notes,
        *(_generation(made) + _size(made) if made else []),
        *(_imports(results.imports) if results.imports else []),
        *(_isolation(results.isolation) if results.isolation else []),
        *(_types(results.types) if results.types else []),
        *(_left(results.left) if results.left else []),
        *(
            _part("What cannot be imported", _FAILURES, results.failures)
            if results.failures
            else []
        ),
    ]
    return "\n\n".join(parts) + "\n"
