"""`kubestrata graph`: the derived order, with the reason for every edge."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kubestrata.cli import printer
from kubestrata.synth.project import build, load_project

if TYPE_CHECKING:
    from kubestrata.core.cluster import Cluster
    from kubestrata.delivery.graph import Graph

NAME = "graph"


class Format(Enum):
    """How the graph is printed."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"


def run(
    output: Annotated[
        Format, typer.Option(help="text, json, or mermaid for a page.")
    ] = Format.TEXT,
) -> None:
    """Show which unit waits for which, and the Python line that causes it.

    Example: kubestrata graph --output mermaid
    """
    clusters = build(load_project(Path.cwd())).clusters
    from kubestrata.delivery.graph import Graph  # starts Node, which help needs not
    from kubestrata.delivery.unit import units_of

    graphs = [(cluster, Graph(cluster, units_of(cluster))) for cluster in clusters]
    if output is Format.JSON:
        printer.document({cluster.name: _edges(graph) for cluster, graph in graphs})
    elif output is Format.MERMAID:
        for line in ("graph BT", *(line for one in graphs for line in _mermaid(*one))):
            printer.line(line)
    else:
        for cluster, graph in graphs:
            for line in (cluster.name, *_text(graph)):
                printer.line(line)


def _edges(graph: Graph) -> dict[str, dict[str, str]]:
    return {
        name: {other: str(graph.needs[name][other]) for other in others}
        for name, others in graph.depends_on().items()
    }


def _text(graph: Graph) -> list[str]:
    lines: list[str] = []
    for name, others in _edges(graph).items():
        lines.append(f"  {name}")
        lines += [f"    after {other}: {reason}" for other, reason in others.items()]
    return lines


def _mermaid(cluster: Cluster, graph: Graph) -> list[str]:
    edges = [
        f"    {name} --> {other}" for name, others in _edges(graph).items() for other in others
    ]
    return [f"  subgraph {cluster.name}", *(f"    {name}" for name in graph.needs), *edges, "  end"]
