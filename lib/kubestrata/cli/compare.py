"""`kubestrata compare`: what two clusters do not have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from kubestrata.cli import printer
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.field_line import SIGNS, field_lines
from kubestrata.cli.format import Format
from kubestrata.cli.option import Parser
from kubestrata.core.errors import ConfigError
from kubestrata.core.plain_text import Span

if TYPE_CHECKING:
    from kubestrata.core.cluster import ClusterHolder
    from kubestrata.plan.cluster_diff import ClusterDiff

NAME = "compare"
_LISTED = 3


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("first", help="The name of a cluster of main.py.")
    parser.add_argument("second", help="The name of another one.")
    about = "The output format: text for people, json for programs."
    parser.add_choice("--output", Format.TEXT, about)
    about = "List every object, instead of the first three and a count."
    parser.add_argument("--verbose", action="store_true", help=about)


def run(first: str, second: str, output: Format = Format.TEXT, *, verbose: bool = False) -> int:
    """Show how two clusters differ: components of one alone, and fields that differ.

    Example: kubestrata compare infra apps

    Objects are compared by kind, namespace and name. A change that several objects have in common
    is shown once, with these objects. What the delivery adds to the components is left out. Exits 0
    if both clusters apply the same objects, 1 if they differ, 2 if the comparison failed.
    """
    from kubestrata.plan.cluster_diff import compare_clusters
    from kubestrata.synth.project import build, load_project
    from kubestrata.synth.synthesis import synthesize

    platform = build(load_project(Path.cwd()))
    _require(platform, first, second)
    one, other = (next(iter(synthesize(platform, only=name).clusters)) for name in (first, second))
    found = compare_clusters(one, other)
    if output is Format.JSON:
        printer.document(_facts(found))
    else:
        _print(found, None if verbose else _LISTED)
    return CLEAN if found.is_empty else DIFFERENT


def _require(platform: ClusterHolder, *names: str) -> None:
    known = [each.name for each in platform.clusters]
    for name in names:
        if name not in known:
            why = f"is not a cluster of main.py, which has {', '.join(known)}"
            raise ConfigError("kubestrata compare", repr(name), why)
    if names[0] == names[1]:
        raise ConfigError("kubestrata compare", repr(names[0]), "is compared with itself")


def _facts(found: ClusterDiff) -> dict[str, Any]:
    """Return the document of `--output json`, described in docs/reference/compare.md."""
    sides = zip(found.names, found.only, found.extra, strict=True)
    return {
        "equal": found.equal,
        "differing": found.differing,
        "changes": [
            {**asdict(each.change), "objects": list(each.objects)} for each in found.changes
        ],
        "only": {
            name: {"components": dict(only), "objects": dict(extra)} for name, only, extra in sides
        },
    }


def _print(found: ClusterDiff, most: int | None) -> None:
    for name, only, extra in zip(found.names, found.only, found.extra, strict=True):
        if only:
            printer.line(f"components of {name} alone:")
            printer.lines([[Span(f"  {line}")] for line in _listed(only, most and 0)])
        if extra:
            printer.line(f"objects of {name} alone, in components of both:")
            printer.lines([[Span(f"  {line}")] for line in _listed(extra, most)])
    if found.changes:
        printer.line(f"fields, in {found.names[0]} -> in {found.names[1]}:")
    for each in found.changes:
        colour = SIGNS[each.change.verb][1]
        printer.lines([[Span(f"  {line}", colour)] for line in field_lines(each.change)])
        printer.line(f"      {_some(each.objects, most)}")
    counts = [
        f"{found.equal} objects equal",
        f"{found.differing} differ",
        *(
            f"{sum(map(len, (*only.values(), *extra.values())))} only in {name}"
            for name, only, extra in zip(found.names, found.only, found.extra, strict=True)
        ),
    ]
    printer.line(", ".join(counts))


def _listed(objects: Mapping[str, Sequence[str]], most: int | None) -> Iterator[str]:
    for component, names in objects.items():
        yield f"{component}: {_some(names, most)}"


def _some(names: Sequence[str], most: int | None) -> str:
    if most == 0:
        return f"{len(names)} object{'s' if len(names) > 1 else ''}"
    shown = names if most is None else names[:most]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")
