"""Reading of files from the other side: names and types only, values are dropped at once.

A file is one of these:
- a contract in the format of `kubestrata contract --output json`;
- the output of `tofu output -json` or `terraform output -json`: an output is a variable, and so is
  each attribute of an output that is an object or a map;
- keys of a secret store: a line for each, `key` or `key: property, property`; or, in files whose
  names end in .json, .yaml or .yml, a list of keys or a map of keys to their properties.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec.structs import replace

from kubestrata.core.errors import ConfigError
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.core.regular_file import read_regular_text
from kubestrata.core.yaml_read import load_all
from kubestrata.rules.contract.document import FORMAT, ContractDocument
from kubestrata.rules.contract.sort import SORTS, STORE_KEY, VARIABLE
from kubestrata.rules.counterpart import Counterpart

_MOST_BYTES = 16_000_000
_Names = dict[str, frozenset[str] | None]
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_TEXTS = ("string", "number", "bool", "dynamic")
_KNOWN = "use a contract, the output of `tofu output -json`, or a list of store keys"


def read_counterparts(
    path: Path, clusters: Iterable[str] = (), shown_as: str = ""
) -> list[Counterpart]:
    """Return what a file says about `clusters`, all if there are none.

    Raises ConfigError with the file, its line and the reason.
    """
    name = shown_as or str(path)
    only = frozenset(clusters)
    try:
        text = read_regular_text(path, _MOST_BYTES)
    except OSError as error:
        raise ConfigError(name, "cannot be read", error.strerror or str(error)) from None
    if path.suffix in (".yaml", ".yml"):
        return _limited(_structured(name, _yaml(text, name), text), only)
    if path.suffix == ".json" or text.lstrip().startswith(("{", "[")):
        return _limited(_structured(name, _json(text, name), text), only)
    if not text.strip():
        raise _empty(name)
    return [Counterpart(name, {STORE_KEY: _lines(text, name)}, only)]


def _limited(found: Iterable[Counterpart], only: frozenset[str]) -> list[Counterpart]:
    """Return the parts about some clusters; a contract names its clusters itself."""
    if not only:
        return list(found)
    return [
        replace(each, clusters=only if not each.clusters else each.clusters & only)
        for each in found
        if not each.clusters or each.clusters & only
    ]


def _json(text: str, name: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{name}:{error.lineno}", "not JSON", error.msg) from None
    except RecursionError:
        raise ConfigError(name, "not JSON", "it is nested too deeply") from None


def _yaml(text: str, name: str) -> object:
    documents = load_all(text, name)
    if len(documents) > 1:
        why = f"it has {len(documents)} documents, expected one"
        raise ConfigError(name, "is not a file of the other side", why)
    return documents[0] if documents else {}


def _structured(name: str, value: object, text: str) -> list[Counterpart]:
    if is_mapping(value) and "format" in value and "clusters" in value:
        return _contract(name, value, text)
    if value in ({}, None):
        raise _empty(name)
    if is_mapping(value) and all(map(_is_output, value.values())):
        return [_outputs(name, value)]
    return [Counterpart(name, {STORE_KEY: _keys(name, value, text)})]


def _empty(name: str) -> ConfigError:
    why = "it is empty, so it does not show which needs it is about"
    return ConfigError(f"{name}:1", "is not a file of the other side", why, _KNOWN)


def _contract(name: str, value: Mapping[str, Any], text: str) -> list[Counterpart]:
    if value["format"] != FORMAT:
        why = f"is not a known format; this version reads {FORMAT}"
        raise _refused(name, text, ["format"], "format", why)
    try:
        document = msgspec.convert(value, ContractDocument)
    except msgspec.ValidationError as error:
        why, _, path = str(error).partition(" - at `")
        path = path.rstrip("`")
        why = why[:1].lower() + why[1:]
        raise _refused(name, text, _steps(path), path or "contract", why) from None
    found: list[Counterpart] = []
    for index, cluster in enumerate(document.clusters):
        names: dict[str, _Names] = {sort: {} for sort in cluster.sorts or () if sort in SORTS}
        for number, entry in enumerate(cluster.entries):
            if entry.sort not in SORTS:
                steps = ("clusters", index, "entries", number, "sort")
                why = f"is not a known sort; use one of {', '.join(SORTS)}"
                raise _refused(name, text, steps, f"sort {entry.sort!r}", why)
            properties = frozenset(each.name for each in entry.properties)
            own = names.setdefault(entry.sort, {})
            before = own.get(entry.name)
            own[entry.name] = (before or frozenset()) | properties or None
        found.append(Counterpart(name, names, frozenset({cluster.name})))
    return found


def _is_output(value: object) -> bool:
    return is_mapping(value) and "value" in value and "sensitive" in value


def _outputs(name: str, value: Mapping[str, Any]) -> Counterpart:
    names: _Names = {}
    unusable: dict[str, str] = {}
    for output, body in value.items():
        kind = body.get("type")
        names[output] = None
        if is_list(kind) and kind:
            unusable[output] = str(kind[0])
            names |= dict.fromkeys(_attributes(kind, body["value"]))
    return Counterpart(name, {VARIABLE: names}, unusable=unusable)


def _attributes(kind: list[Any], value: object) -> Iterator[str]:
    """Yield the names in an object or a map, never their values."""
    if kind[0] == "object" and len(kind) > 1 and is_mapping(kind[1]):
        yield from (key for key, part in kind[1].items() if part in _TEXTS)
    elif kind[0] == "map" and kind[1:] and kind[1] in _TEXTS and is_mapping(value):
        yield from value


def _keys(name: str, value: object, text: str) -> _Names:
    if is_list(value):
        found: _Names = {}
        for index, each in enumerate(value):
            if not isinstance(each, str) or not each:
                why = "must be the name of a key, as text"
                raise _refused(name, text, [index], f"entry {index}", why, _KNOWN)
            found[each] = None
        return found
    if not is_mapping(value):
        raise ConfigError(f"{name}:1", "is not a file of the other side", "no map or list", _KNOWN)
    return {str(key): _properties(name, str(key), each, text) for key, each in value.items()}


def _properties(name: str, key: str, value: object, text: str) -> frozenset[str] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _split(value)
    if is_mapping(value):
        return frozenset(map(str, value))
    if is_list(value) and all(isinstance(each, str) for each in value):
        return frozenset(value)
    why = "must be a list of the names of properties"
    raise _refused(name, text, [key], f"key {key!r}", why, _KNOWN)


def _lines(text: str, name: str) -> _Names:
    found: _Names = {}
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        key, colon, properties = plain.partition(": ")
        key = key.removesuffix(":") if not colon else key
        if re.search(r"[\s=]", key):
            why = "a key has no blanks" if re.search(r"\s", key) else "'=' sets a value"
            fix = "write a line for each key: `key` or `key: property, property`"
            raise ConfigError(f"{name}:{number}", "is not a key of a store", why, fix)
        found[key] = _split(properties) if colon else None
    return found


def _split(text: str) -> frozenset[str] | None:
    names = frozenset(each.strip() for each in text.split(",") if each.strip())
    return names or None


def _refused(
    name: str,
    text: str,
    steps: Sequence[str | int],
    what: str,
    why: str,
    fix: str | None = None,
) -> ConfigError:
    return ConfigError(f"{name}:{_line_of(text, steps)}", what, why, fix)


def _steps(path: str) -> list[str | int]:
    """Return the steps of a path in a message: `$.clusters[0].name`."""
    return [key or int(index) for key, index in _STEP.findall(path)]


def _line_of(text: str, steps: Sequence[str | int]) -> int:
    """Return the line of a value in JSON or YAML, or of what contains it."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return 1
    line = 1
    for step in steps:
        inner: Any = None
        if isinstance(node, yaml.MappingNode):
            inner = next((part for name, part in node.value if name.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            inner = node.value[step]
        if inner is None:
            break
        node, line = inner, inner.start_mark.line + 1
    return line
