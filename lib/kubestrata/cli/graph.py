"""`kubestrata graph`: the derived order, with the reason for every edge."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.cli import printer
from kubestrata.cli.option import Parser

if TYPE_CHECKING:
    from kubestrata.delivery.delivered import DeliveredCluster

NAME = "graph"


class GraphFormat(Enum):
    """The values of `--output`."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    about = "The output format: text, json, or mermaid for a page."
    parser.add_choice("--output", GraphFormat.TEXT, about)


def run(output: GraphFormat = GraphFormat.TEXT) -> None:
    """Show the components that wait for others, and the Python line behind each dependency.

    Example: kubestrata graph --output mermaid
    """
    from kubestrata.synth.project import build, load_project
    from kubestrata.synth.synthesis import synthesize

    clusters = synthesize(build(load_project(Path.cwd()))).clusters
    if output is GraphFormat.JSON:
        printer.document({cluster.name: _edges(cluster) for cluster in clusters})
    elif output is GraphFormat.MERMAID:
        printer.page(_mermaid(clusters) + "\n")
    else:
        for cluster in clusters:
            for line in (cluster.name, *_text(cluster)):
                printer.line(line)


def _edges(cluster: DeliveredCluster) -> dict[str, dict[str, str]]:
    return {
        name: {other: str(cluster.needs[name][other]) for other in others}
        for name, others in cluster.depends_on.items()
    }


def _text(cluster: DeliveredCluster) -> list[str]:
    lines: list[str] = []
    for name, others in _edges(cluster).items():
        lines.append(f"  {name}")
        lines += [f"    after {other}: {reason}" for other, reason in others.items()]
    return lines


class _MermaidIds:
    """Identifiers of Mermaid nodes: letters, digits and `_`, one for each pair of names."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()

    def of(self, *names: str) -> str:
        """Return the identifier of a node or of a subgraph, by its names."""
        if names not in self._known:
            base = re.sub(r"[^A-Za-z0-9]", "_", "_".join(names))
            base = base if base[:1].isalpha() else f"n{base}"
            # `a-b` in `c` and `b` in `c-a` have the same letters
            numbered = (f"{base}_{number}" for number in itertools.count(2))
            free = (each for each in itertools.chain([base], numbered) if each not in self._taken)
            self._known[names] = next(free)
            self._taken.add(self._known[names])
        return self._known[names]


def _mermaid(clusters: Sequence[DeliveredCluster]) -> str:
    ids = _MermaidIds()
    lines = ["graph BT"]
    for cluster in clusters:
        lines.append(f"  subgraph {ids.of('cluster', cluster.name)}{_label(cluster.name)}")
        lines += [f"    {ids.of(cluster.name, name)}{_label(name)}" for name in cluster.needs]
        for name, others in cluster.depends_on.items():
            node = ids.of(cluster.name, name)
            lines += [f"    {node} --> {ids.of(cluster.name, other)}" for other in others]
        lines.append("  end")
    return "\n".join(lines)


def _label(text: str) -> str:
    escaped = text.replace("#", "#35;").replace('"', "#quot;")
    return f'["{escaped}"]'
