"""`kubestrata compare`: what two clusters, or two components, do not have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from kubestrata.cli import printer
from kubestrata.cli.failure import CLEAN, DIFFERENT
from kubestrata.cli.field_line import SIGNS, field_lines
from kubestrata.cli.format import Format
from kubestrata.cli.option import Parser
from kubestrata.core.alike import alike
from kubestrata.core.errors import ConfigError
from kubestrata.core.plain_text import Span

if TYPE_CHECKING:
    from kubestrata.core.cluster import Cluster, ClusterHolder, Component
    from kubestrata.plan.cluster_diff import ClusterDiff

NAME = "compare"
_COMMAND = "kubestrata compare"
_LISTED = 3
_NAMED = 12


def declare(parser: Parser) -> None:
    """Add the arguments of the command."""
    about = "A cluster of main.py, or one of its components: CLUSTER/COMPONENT."
    parser.add_argument("first", help=about)
    parser.add_argument("second", help="Another one.")
    about = "The output format: text for people, json for programs."
    parser.add_choice("--output", Format.TEXT, about)
    about = "List every object, instead of the first three and a count."
    parser.add_argument("--verbose", action="store_true", help=about)


def run(first: str, second: str, output: Format = Format.TEXT, *, verbose: bool = False) -> int:
    """Show how two clusters differ: components of one alone, and fields that differ.

    Example: kubestrata compare infra apps

    Objects are compared by kind, namespace and name; with CLUSTER/COMPONENT those of two
    components, whose namespaces may have other names. A change that several objects have in common
    is shown once, with these objects. What the delivery adds to the components is left out. Exits 0
    if both apply the same objects, 1 if they differ, 2 if the comparison failed.
    """
    from kubestrata.synth.project import build, load_project

    found = _compared(build(load_project(Path.cwd())), first, second)
    if output is Format.JSON:
        printer.document(_facts(found))
    else:
        _print(found, None if verbose else _LISTED)
    return CLEAN if found.is_empty else DIFFERENT


def _compared(platform: ClusterHolder, first: str, second: str) -> ClusterDiff:
    from kubestrata.plan.cluster_diff import compare_clusters, compare_components
    from kubestrata.synth.synthesis import synthesize

    if first == second:
        raise ConfigError(_COMMAND, repr(first), "is compared with itself")
    one, other = (_named(platform, name) for name in (first, second))
    names = [cluster.name for cluster, _ in (one, other)]
    made = [next(iter(synthesize(platform, only=name).clusters)) for name in names]
    if one[1] is None and other[1] is None:
        return compare_clusters(made[0], made[1])
    if one[1] is None or other[1] is None:
        whole, part = (first, second) if one[1] is None else (second, first)
        fix = f"write {whole}/{part.partition('/')[2]}"
        raise ConfigError(_COMMAND, repr(whole), f"is a cluster, and {part!r} a component", fix)
    return compare_components((made[0], one[1]), (made[1], other[1]))


def _named(platform: ClusterHolder, name: str) -> tuple[Cluster, Component | None]:
    """Return a cluster, and the component of it that a name has behind a slash."""
    whole, _, part = name.partition("/")
    clusters = {each.name: each for each in platform.clusters}
    if whole not in clusters:
        raise _unknown(whole, "a cluster of main.py", clusters)
    cluster = clusters[whole]
    components = {each.name: each for each in cluster.components}
    if part and part not in components:
        raise _unknown(part, f"a component of cluster {whole}", components)
    return cluster, components[part] if part else None


def _unknown(name: str, what: str, known: Iterable[str]) -> ConfigError:
    names = sorted(known)
    near = alike(name, names, likeness=0.5)
    listed = f", which has {', '.join(names)}" if len(names) <= _NAMED else ""
    fix = f"write {near[0]!r}" if near else None
    return ConfigError(_COMMAND, repr(name), f"is not {what}{listed}", fix)


def _facts(found: ClusterDiff) -> dict[str, Any]:
    """Return the document of `--output json`, described in docs/reference/compare.md."""
    sides = zip(found.names, found.only, found.extra, strict=True)
    return {
        "equal": found.equal,
        "differing": found.differing,
        "changes": [
            {**asdict(each.change), "within": each.within, "objects": list(each.objects)}
            for each in found.changes
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
            both = "" if "/" in name else ", in components of both"
            printer.line(f"objects of {name} alone{both}:")
            printer.lines([[Span(f"  {line}")] for line in _listed(extra, most)])
    if found.changes:
        printer.line(f"fields, in {found.names[0]} -> in {found.names[1]}:")
    for objects, changes in groupby(found.changes, key=lambda each: each.objects):
        for each in changes:
            colour = SIGNS[each.change.verb][1]
            last = " within the text" if each.within else ""
            printer.lines([[Span(f"  {line}{last}", colour)] for line in field_lines(each.change)])
        printer.line(f"      {_some(objects, most)}")
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
