"""The input of Helm for a HelmRelease: name, namespace and values, as Flux gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from kubestrata.core.errors import ImportSourceError, YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.argo_chart import merged
from kubestrata.helm.store import files_in
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.rules.api_group import SOURCE
from kubestrata.rules.field import mapping_at
from kubestrata.rules.release import release_name
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace

DUMMY = "value-of-a-secret"
"""Stands for each value of a Secret: rendering needs a text, and the real one may not be shown."""
_DEFAULTS = "values.yaml"
_STEP = re.compile(r"(?P<key>(?:\\.|[^.\[\\])+)|\[(?P<index>\d{1,9})\]|\.")
_LAST_ITEM, _MOST_STEPS, _INTEGERS = 65_536, 31, 1 << 63
"""Limits of Helm's `--set` (source: its package strvals)."""
_SET_VALUE = re.compile(
    r"\{(?P<items>(?:\\.|[^\\}])*)\}|(?P<text>(?!\{)(?:\\.|[^\\,])*)", re.DOTALL
)
_SET_ITEM = re.compile(r"(?:\A|,)((?:\\.|[^\\,])*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_INTEGER = re.compile(r"0|[1-9][0-9]{0,18}|[+-][0-9]{1,19}")
_WORDS = {"true": True, "false": False, "null": None}


class ValuesError(Exception):
    """The values of a release are not known here, or not valid."""


class ReleaseInput(Frozen):
    """The input of Helm beside the chart.

    `values_at` is the path of the values in the object. `kubernetes` and `api_versions` replace
    those of the cluster, if they are set.
    """

    name: str
    namespace: str
    values: Mapping[str, Any]
    values_at: str = "spec.values"
    kubernetes: str = ""
    api_versions: frozenset[str] | None = None
    has_crds: bool = True
    """False if the chart's folder of definitions is skipped."""
    has_schema: bool = True
    """False if Helm does not compare values with the schema of the chart."""


def release_input(tree: ClusterTree, release: Subject) -> ReleaseInput:
    """Return the input of Helm for a HelmRelease; raises ValuesError."""
    namespace = target_namespace(release)
    actions = [mapping(release.spec.get(action)) for action in ("install", "upgrade")]
    skips = all(each.get("disableSchemaValidation") is True for each in actions)
    return ReleaseInput(
        release_name(release),
        namespace,
        _values(tree, release),
        has_crds=actions[0].get("crds") != "Skip",
        has_schema=not skips,
    )


def with_values_files(
    tree: ClusterTree, release: Subject, chart: StoredChart, given: ReleaseInput
) -> ReleaseInput:
    """Return an input with the values of `valuesFiles`, which are files of the chart.

    Raises ValuesError if they do not include values.yaml, which they then replace, or a file that
    the chart lacks.
    """
    source = mapping_at(release.spec, "chart.spec") or _referred_chart(tree, release)
    listed = [str(each).removeprefix("./") for each in sequence(source.get("valuesFiles"))]
    if not listed:
        return given
    try:
        files = files_in(chart)
    except ImportSourceError as error:
        raise ValuesError(str(error)) from None
    folder = str(source.get("chart")).removeprefix("./").rstrip("/")
    names = [each.removeprefix(f"{folder}/") for each in listed]
    if names[0] != _DEFAULTS:
        raise ValuesError(f"its valuesFiles do not begin with {_DEFAULTS}, which is not supported")
    found: list[Mapping[str, Any]] = []
    for name in names[1:]:
        if name in files:
            found.append(values_in(files[name].decode(errors="replace"), f"{name} of its chart"))
        elif source.get("ignoreMissingValuesFiles") is not True:
            raise ValuesError(f"its valuesFiles name {name}, which is not in the chart")
    return replace(given, values=merged([*found, given.values]))


def _referred_chart(tree: ClusterTree, release: Subject) -> Mapping[str, Any]:
    """Return the spec of the HelmChart that a release refers to, empty for other sources."""
    reference = mapping(release.spec.get("chartRef"))
    namespace = str(reference.get("namespace") or release.namespace)
    source = tree.get(SOURCE, "HelmChart", namespace, str(reference.get("name")))
    return source.spec if source is not None and reference.get("kind") == "HelmChart" else {}


def _values(tree: ClusterTree, release: Subject) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for entry in map(mapping, sequence(release.spec.get("valuesFrom"))):
        values = _with_source(tree, release, entry, values)
    return merged([values, mapping(release.spec.get("values"))])


def _with_source(
    tree: ClusterTree, release: Subject, entry: Mapping[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    kind, name = str(entry.get("kind")), str(entry.get("name"))
    target, key = str(entry.get("targetPath") or ""), str(entry.get("valuesKey") or _DEFAULTS)
    what = f"{kind} {release.namespace}/{name}"
    if kind == "Secret" and target:
        return with_value(values, target, DUMMY)
    if kind == "Secret" and entry.get("optional") is True:
        return values
    if kind == "Secret":
        raise ValuesError(f"it takes values from {what}, whose keys are not known")
    found = tree.get("", "ConfigMap", release.namespace, name)
    text = mapping(found.manifest.get("data")).get(key) if found is not None else None
    if not isinstance(text, str):
        if entry.get("optional") is True:
            return values
        lacks = "is not in the tree" if found is None else f"has no key {key}"
        raise ValuesError(f"it takes values from {what}, which {lacks}")
    if target:
        return with_value(values, target, _quoted_value(text, what))
    return merged([values, values_in(text, f"key {key} of {what}")])


def values_in(text: str, what: str) -> Mapping[str, Any]:
    """Return the values in a text; raises ValuesError, with `what` it is, for invalid YAML."""
    try:
        documents: list[Any] = load_all(text, what)
    except YamlSyntaxError as error:
        raise ValuesError(f"{what} is not valid YAML: {error.why}") from None
    return mapping(documents[0]) if documents else {}


def _quoted_value(text: str, what: str) -> Any:
    """Return a value as Flux takes it for a path: as Helm's `--set`, or as text within quotes."""
    is_text = bool(text) and text[0] == text[-1] and text[0] in "'\""
    return set_value(text.strip("'\"") if is_text else text, what, is_text=is_text)


def set_value(text: str, what: str, *, is_text: bool = False) -> Any:
    """Return a value as Helm's `--set` takes it, or `--set-string` if it `is_text`.

    Only integers, booleans and null have a type (source: strvals of Helm).
    """
    found = _SET_VALUE.fullmatch(text)
    if found is None:
        why = "has a comma or a brace, which `--set` reads as another value; write \\, instead"
        raise ValuesError(f"it takes a value from {what}, which {why}")
    if found["items"] is None:
        return _scalar(found["text"], is_text=is_text)
    items = _SET_ITEM.findall(found["items"])
    return [_scalar(each, is_text=is_text) for each in items]


def _scalar(escaped: str, *, is_text: bool) -> str | int | bool | None:
    text = _ESCAPED.sub(r"\1", escaped)
    if is_text:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _INTEGER.fullmatch(text) and abs(int(text)) < _INTEGERS else text


def with_value(
    values: Mapping[str, Any], path: str, value: Any, what: str = "targetPath"
) -> dict[str, Any]:
    r"""Return values with one value at a path of Helm's `--set`: `a.b[0].c`, `a.b\.c`."""
    steps: list[str | int] = []
    at = 0
    for found in _STEP.finditer(path):
        if found.start() != at:
            break
        at = found.end()
        if found["key"] is not None:
            steps.append(_ESCAPED.sub(r"\1", found["key"]))
        elif found["index"] is not None:
            steps.append(int(found["index"]))
    if at != len(path) or not steps or not isinstance(steps[0], str):
        raise ValuesError(f"{what} {path} is not a valid path")
    if len(steps) > _MOST_STEPS:
        raise ValuesError(f"{what} has {len(steps)} levels; Helm takes up to {_MOST_STEPS}")
    if any(step > _LAST_ITEM for step in steps if isinstance(step, int)):
        raise ValuesError(f"{what} {path} has an index above {_LAST_ITEM}")
    return mapping(_placed(values, steps, value))


def _placed(here: object, steps: Sequence[str | int], value: Any) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        items: list[Any] = list(here) if is_list(here) else []
        items += [None] * (step + 1 - len(items))
        items[step] = _placed(items[step], rest, value)
        return items
    made = dict(mapping(here))
    made[step] = _placed(made.get(step), rest, value)
    return made
