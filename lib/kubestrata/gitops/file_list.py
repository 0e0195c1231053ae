"""A kustomization.yaml and the files that it refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping, mapping
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.document import TreeDocument
from kubestrata.rules.violation import Location

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PLAIN = frozenset({"apiVersion", "kind", "metadata", "resources", "bases"})
CHECKED = PLAIN | {
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generatorOptions",
    "generators",
    "images",
    "labels",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "secretGenerator",
    "sortOptions",
    "transformers",
    "validators",
    "vars",
}
"""Fields without file names, or with file names that are checked here."""
_REMOTE = re.compile(
    r"[A-Za-z+]+://|(?:[\w.-]+@)[\w.-]+:|git::|[\w.-]+\.[a-z]{2,}[/:].*/|.*\?(ref|version)="
)
_FILES = ("patchesStrategicMerge", "crds", "configurations")
PLUGINS = ("generators", "transformers", "validators")
_BUILTIN = frozenset(
    {
        *("AnnotationsTransformer", "ConfigMapGenerator", "HashTransformer"),
        *("ImageTagTransformer", "LabelTransformer", "NamespaceTransformer"),
        *("PatchJson6902Transformer", "PatchStrategicMergeTransformer", "PatchTransformer"),
        *("PrefixTransformer", "ReplacementTransformer", "ReplicaCountTransformer"),
        *("SecretGenerator", "SortOrderTransformer", "SuffixTransformer"),
    }
)
"""Plugins of Kustomize whose files `plugin_files` yields."""
_PATHS = ("patches", "patchesJson6902", "replacements")
GENERATORS = ("configMapGenerator", "secretGenerator")
_INFLATED = ("helmCharts", "helmChartInflationGenerator", "helmGlobals")
_SPELLING = {
    name.lower(): name for name in (*CHECKED, *_INFLATED, *PLUGINS, "openapi", "inventory")
}
_IN_ENTRIES = {name: name for name in ("env", "envs", "files", "path", "paths", "replacements")}
_WORD = re.compile(r"[^\s,\[\]{}'\"=]+")


class FileList(Frozen, dict=True):
    """A kustomization.yaml: its value without parts that cannot be rendered, and its text."""

    path: str
    text: Callable[[], str]
    value: dict[str, Any]

    @property
    def folder(self) -> str:
        """Its folder."""
        return self.path.rpartition("/")[0]

    def place(self, entry: str = "") -> Location:
        """Return the line of an entry."""
        return Location(self.path, self._lines.get(entry.rstrip("/"), 1))

    @cached_property
    def _lines(self) -> dict[str, int]:
        """Return the first line of every word, and of every whole value."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.text().splitlines(), 1):
            value = line.strip().removeprefix("- ").strip().strip("'\"")
            for word in (value, value.partition(": ")[2].strip("'\""), *_WORD.findall(line)):
                found.setdefault(word.rstrip("/"), number)
        return found


def is_remote(entry: str) -> bool:
    """Return True if an entry is in another repository."""
    return _REMOTE.match(entry) is not None


def spelled(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a kustomization with the documented spelling of fields; Kustomize ignores case.

    Raises ValueError for a duplicate field.
    """
    found = _respelled(value, _SPELLING)
    for key in (*_PATHS, *GENERATORS, "openapi"):
        if is_mapping(found.get(key)):
            found[key] = _respelled(found[key], _IN_ENTRIES)
        elif is_list(found.get(key)):
            entries: list[Any] = found[key]
            found[key] = [_respelled(e, _IN_ENTRIES) if is_mapping(e) else e for e in entries]
    return found


def _respelled(value: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, part in value.items():
        name = names.get(key.lower(), key)
        if name in found:
            raise ValueError(f"field {name} is set twice: field names are case-insensitive")
        found[name] = part
    return found


def other_files(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every other file of a kustomization, with its field."""
    for key in _FILES:
        for index, entry in enumerate(_items(value.get(key))):
            if not (key == _FILES[0] and _is_inline(entry)):
                yield f"{key}[{index}]", str(entry)
    for key in _PATHS:
        for index, entry in enumerate(_items(value.get(key))):
            yield from _path(f"{key}[{index}]", entry)
    for key in GENERATORS:
        for index, entry in enumerate(_items(value.get(key))):
            yield from _generated(f"{key}[{index}]", mapping(entry))
    for index, entry in enumerate(_items(value.get("openapi"))):
        yield from _path(f"openapi[{index}]" if index else "openapi", entry)


def plugin_files(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every file in the configuration of a generator or transformer."""
    found = _respelled(manifest, _IN_ENTRIES)
    yield from _path("", found)
    yield from _generated("", found)
    for index, entry in enumerate(_items(found.get("paths"))):
        if not _is_inline(entry):
            yield f"paths[{index}]", str(entry)
    for index, entry in enumerate(_items(found.get("replacements"))):
        if is_mapping(entry):
            yield from _path(f"replacements[{index}]", _respelled(entry, _IN_ENTRIES))


def is_builtin_plugin(manifest: Mapping[str, Any]) -> bool:
    """Return True for a generator or transformer of Kustomize that reads only checked files."""
    annotations = mapping(mapping(manifest.get("metadata")).get("annotations"))
    runs = any(str(key).startswith("config.kubernetes.io/function") for key in annotations)
    return manifest.get("apiVersion") == "builtin" and manifest.get("kind") in _BUILTIN and not runs


def inline_documents(entry: str) -> list[Any] | None:
    """Return the objects of an inline entry, None if the entry is a file name."""
    try:
        values = load_all(entry, "an entry")
    except YamlSyntaxError:
        return None
    return values if values and all(map(is_mapping, values)) else None


def _is_inline(entry: object) -> bool:
    return isinstance(entry, str) and inline_documents(entry) is not None


def _items(value: object) -> list[Any]:
    """Return the items of a list; a single value becomes a list of one."""
    return value if is_list(value) else [] if value is None else [value]


def _path(at: str, entry: object) -> Iterator[tuple[str, str]]:
    path = mapping(entry).get("path")
    if path is not None and path != "":
        yield f"{at}.path".lstrip("."), str(path)


def _generated(at: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, file in enumerate(_items(entry.get("files"))):
        yield f"{at}.files[{index}]".lstrip("."), str(file).rpartition("=")[2]
    for name in ("envs", "env"):
        for index, file in enumerate(_items(entry.get(name))):
            yield f"{at}.{name}[{index}]".lstrip("."), str(file)


def generated_name(key: str, entry: Mapping[str, Any]) -> TreeDocument:
    """Return the object that a generator makes, without data."""
    kind = "Secret" if key.startswith("secret") else "ConfigMap"
    metadata = {one: entry[one] for one in ("name", "namespace") if isinstance(entry.get(one), str)}
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    return TreeDocument(manifest, Location("", 1))
