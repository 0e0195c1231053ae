"""Validation of configuration documents with the schema beside their bindings."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.core.struct import Struct
from kubestrata.schema.fault import Fault
from kubestrata.schema.message import faults_of

_DEFINITIONS = "#/$defs/"
_VERSION = re.compile(r"/v(\d+\.\d+)/")


class DocumentSchema:
    """The documents of one package of bindings, such as `kubeapis.talos`."""

    def __init__(self, package: str, schema: dict[str, Any]) -> None:
        self.package = package
        self._schema = schema
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    @property
    def version(self) -> str:
        """The minor version in the address of the schema (`1.12`), '' if it has none."""
        found = _VERSION.search(str(self._schema.get("$id", "")))
        return found[1] if found else ""

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """The definition of each kind of document; that of documents without a kind is at ''."""
        found: dict[str, str] = {}
        for each in map(mapping, sequence(self._schema.get("oneOf"))):
            name = str(each.get("$ref", "")).removeprefix(_DEFINITIONS)
            properties = mapping(mapping(self._schema["$defs"][name]).get("properties"))
            kinds = sequence(mapping(properties.get("kind")).get("enum")) or [""]
            found[str(kinds[0])] = name
        return found

    def faults(self, document: Manifest) -> Iterator[Fault]:
        """Yield the problems of a document; its kind is one of `kinds`."""
        name = self.kinds[str(document.get("kind", ""))]
        schema = {"$defs": self._schema["$defs"], "$ref": _DEFINITIONS + name}
        if name not in self._validators:
            self._validators[name] = jsonschema_rs.Draft202012Validator(schema)
        for error in self._validators[name].iter_errors(document):
            yield from faults_of(error, schema)


@cache
def _stored(folder: Path, package: str) -> DocumentSchema | None:
    path = folder / "_schemas" / "documents.json"
    if not path.exists():
        return None
    schema: object = json.loads(path.read_text(encoding="utf-8"))
    return DocumentSchema(package, schema) if is_mapping(schema) else None


def schema_of(document: Struct) -> DocumentSchema | None:
    """Return the schema of a struct's bindings, None if they are not those of documents."""
    module = sys.modules[type(document).__module__]
    if not module.__file__:
        return None
    return _stored(Path(module.__file__).parent, module.__name__.rpartition(".")[0])
