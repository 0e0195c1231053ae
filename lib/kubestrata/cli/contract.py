"""`kubestrata contract`: what the clusters need and the tree does not create."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.cli import printer
from kubestrata.cli.chart_store import chart_store
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.option import Parser
from kubestrata.core.errors import ConfigError

if TYPE_CHECKING:
    from kubestrata.core.identity import Identity
    from kubestrata.rules.contract.drift import ContractDrift
    from kubestrata.rules.counterpart import Counterpart
    from kubestrata.rules.settings import Settings
    from kubestrata.rules.subject import ClusterTree, Declared

NAME = "contract"
_COMMAND = "kubestrata contract"


class ContractFormat(Enum):
    """The values of `--output`."""

    MARKDOWN = "markdown"
    JSON = "json"


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    parser.add_tree()
    about = "Only this cluster, instead of all; may be repeated."
    parser.add_argument("--cluster", metavar="<str>", action="append", help=about)
    about = "Compare with a file of the other side; may be repeated."
    parser.add_argument("--against", type=Path, metavar="<path>", action="append", help=about)
    parser.add_charts()
    about = "The output format: markdown for people, json for programs."
    parser.add_choice("--output", ContractFormat.MARKDOWN, about)


def run(
    folder: Path | None = None,
    *,
    root: Sequence[Path] | None = None,
    cluster: Sequence[str] | None = None,
    against: Sequence[Path] | None = None,
    charts: Sequence[Path] | None = None,
    output: ContractFormat = ContractFormat.MARKDOWN,
) -> int:
    """List what each cluster needs and its tree does not create, with the lines that need it.

    Example: kubestrata contract --against store-keys.txt

    What charts make counts too, if they are in the store. With --against, compares instead: with
    a contract in JSON, with the output of `tofu output -json`, or with a list of store keys.
    Exits 0, 1 if the other side lacks something, 2 if the contract could not be made.
    """
    if folder is None and root is not None:
        raise ConfigError(_COMMAND, "no folder", "--root is for a folder of plain YAML")
    from kubestrata.gitops.chart_objects import with_charts

    found = _platform() if folder is None else _plain(folder, root or ())
    store = chart_store(charts or (), _COMMAND, folder)
    trees = with_charts(_chosen(found, cluster or ()), store)
    if against:
        return _compare(trees, against, output)
    if output is ContractFormat.JSON:
        from kubestrata.rules.contract.document import document

        printer.document(document(trees))
    else:
        from kubestrata.rules.contract.markdown import page

        printer.page(page(trees))
    return CLEAN


def _platform() -> list[ClusterTree]:
    from kubestrata.synth.cluster_tree import trees_of
    from kubestrata.synth.project import build, load_project
    from kubestrata.synth.synthesis import synthesize

    project = load_project(Path.cwd())
    trees = trees_of(synthesize(build(project)))
    return [_settled(tree, project.settings, Path.cwd()) for tree in trees]


def _plain(folder: Path, root: Sequence[Path]) -> list[ClusterTree]:
    from kubestrata.cli.plain_tree import trees_in
    from kubestrata.synth.config_file import facts_in, settings_in

    own, facts = settings_in(Path.cwd()), facts_in(folder)
    settings = own.completed(facts)
    roots = [each.as_posix() for each in root] or list(settings.roots)
    trees = trees_in(folder, roots, _COMMAND)
    home = Path.cwd() if own.provided else folder
    return [_settled(tree, settings, home) for tree in trees]


def _settled(tree: ClusterTree, settings: Settings, home: Path) -> ClusterTree:
    """Return a tree with the settings of its project, and the objects that these declare."""
    stated = _stated(settings.provided, home)
    return replace(settings.settle(tree), declared=(*tree.declared, *stated))


def _stated(provided: frozenset[Identity], home: Path) -> list[Declared]:
    """Return the objects that cdk8s.yaml declares, with the line of each."""
    from kubestrata.core.bindings_path import CONFIG
    from kubestrata.rules.contract.cluster_object import declared_object
    from kubestrata.rules.violation import Location
    from kubestrata.synth.config_file import text_lines

    lines = text_lines(home) if provided else []
    return [
        declared_object(each, Location(CONFIG, next(_with(str(each), lines), 1)))
        for each in sorted(provided)
    ]


def _with(text: str, lines: Sequence[str]) -> Iterator[int]:
    return (number for number, line in enumerate(lines, 1) if text in " ".join(line.split()))


def _chosen(trees: Sequence[ClusterTree], names: Sequence[str]) -> list[ClusterTree]:
    known = [tree.name for tree in trees]
    for name in names:
        if name not in known:
            fix = f"use one of {', '.join(known)}"
            raise ConfigError(_COMMAND, f"--cluster {name}", "is not a cluster of the tree", fix)
    return [tree for tree in trees if not names or tree.name in names]


def _compare(trees: Sequence[ClusterTree], files: Sequence[Path], output: ContractFormat) -> int:
    from kubestrata.rules.contract.counterpart_file import read_counterparts
    from kubestrata.rules.contract.drift import drift_of

    sides: list[Counterpart] = []
    for file in files:
        found = read_counterparts(file)
        if not any(each.describes(tree.name) for each in found for tree in trees):
            why = f"describes {', '.join(sorted(name for each in found for name in each.clusters))}"
            why += f", not {', '.join(tree.name for tree in trees)}"
            raise ConfigError(str(file), "is about other clusters", why)
        sides += found
    drifts = {tree.name: drift_of(replace(tree, counterparts=sides)) for tree in trees}
    _print(drifts, list(map(str, files)), output)
    return DIFFERENT if any(each.missing for each in drifts.values()) else CLEAN


def _print(
    drifts: Mapping[str, ContractDrift], files: Sequence[str], output: ContractFormat
) -> None:
    if output is ContractFormat.JSON:
        from kubestrata.rules.contract.document import drift_document

        printer.document(drift_document(drifts))
    else:
        from kubestrata.rules.contract.markdown import drift_page

        printer.page(drift_page(drifts, files))
