"""Values of a release that its chart does not declare: perhaps it does not read them either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from kubestrata.core.errors import ImportSourceError, YamlSyntaxError
from kubestrata.core.json_value import is_mapping, mapping
from kubestrata.core.yaml_read import load_all
from kubestrata.helm.chart_file import read_chart_file
from kubestrata.helm.stable_template import is_template
from kubestrata.helm.stored_chart import StoredChart

ValuePath: TypeAlias = tuple[str, ...]
_GLOBAL = "global"
"""Values that every sub-chart gets, whatever a chart declares."""
_DEEPEST = 5
_OF_SUB_CHART = re.compile(r"(?:^|/)charts/(?:.*/)?[^/_][^/]*$")
"""Templates of sub-charts, which see their own values as `.Values`; their named templates may be
included by the chart.
"""


def undeclared(
    chart: StoredChart, files: Mapping[str, bytes], values: Mapping[str, Any]
) -> list[ValuePath]:
    """Return the paths of values that neither the chart nor a sub-chart has in its values.yaml.

    Below a value that is empty there, anything may be set. Nor does it return values that a
    template names together with what they are in (`.Values.web.resources`).
    """
    templates = {path: data for path, data in files.items() if is_template(path)}
    own = b"\n".join(data for path, data in templates.items() if not _OF_SUB_CHART.search(path))
    texts = b"\n".join(templates.values())
    try:
        declared = _defaults(chart.name, files, "", 0)
    except ImportSourceError:
        return []
    return [
        path
        for path in _undeclared(values, declared, ())
        if not _is_named(path, texts if len(path) > 1 else own)
    ]


def _is_named(path: ValuePath, templates: bytes) -> bool:
    tail = ".".join(("Values", *path)[-2:])
    return re.search(rb"\." + re.escape(tail.encode()) + rb"(?![\w-])", templates) is not None


def with_probes(values: Mapping[str, Any], paths: Iterable[ValuePath]) -> dict[str, Any]:
    """Return values with another key beside those at some paths, named after the number.

    A chart that writes the key out takes over all that is there, whatever it is called.
    """
    made: dict[str, Any] = dict(values)
    for number, path in enumerate(paths):
        here = made
        for step in path[:-1]:
            here[step] = dict(mapping(here.get(step)))
            here = here[step]
        here[probe(number)] = "probe"
    return made


def probe(number: int) -> str:
    """Return the name of a probe."""
    return f"kubestrataProbe{number}x"


def _defaults(where: str, files: Mapping[str, bytes], below: str, depth: int) -> dict[str, Any]:
    """Return the values.yaml of a chart, with those of its sub-charts under their names."""
    text = files.get(f"{below}values.yaml", b"").decode(errors="replace")
    try:
        documents: list[Any] = load_all(text, f"{where}/{below}values.yaml")
    except YamlSyntaxError as error:
        raise ImportSourceError(error.where, error.what, error.why) from None
    found = dict(mapping(documents[0])) if documents else {}
    if depth >= _DEEPEST:
        return found
    for each in read_chart_file(where, files, below).dependencies:
        name = each.alias or each.name
        inner = _defaults_of(where, files, f"{below}charts/{each.name}/", depth + 1)
        found[name] = _both(inner, mapping(found.get(name)))
    return found


def _defaults_of(where: str, files: Mapping[str, bytes], below: str, depth: int) -> dict[str, Any]:
    try:
        return _defaults(where, files, below, depth)
    except ImportSourceError:
        return {}


def _both(inner: Mapping[str, Any], outer: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(inner)
    for key, value in outer.items():
        both = is_mapping(value) and is_mapping(made.get(key))
        made[key] = _both(made[key], value) if both else value
    return made


def _undeclared(
    values: Mapping[str, Any], declared: Mapping[str, Any], path: ValuePath
) -> Iterator[ValuePath]:
    for key, value in values.items():
        if not path and key == _GLOBAL:
            continue
        if key not in declared:
            yield (*path, key)
        elif is_mapping(value) and (below := mapping(declared[key])):
            yield from _undeclared(value, below, (*path, key))


def without(values: Mapping[str, Any], path: ValuePath) -> dict[str, Any]:
    """Return values without the one at a path."""
    key, *rest = path
    if not rest:
        return {name: each for name, each in values.items() if name != key}
    return {**values, key: without(mapping(values.get(key)), tuple(rest))}
