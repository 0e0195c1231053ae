"""The fields that the knowledge files name exist in the schemas of the bindings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from kubestrata.core.json_value import is_mapping, mapping
from kubestrata.knowledge import FOLDER, KindName, ProjectFact, read
from kubestrata.schema import installed

FACTS = read(FOLDER)
PROJECTS = sorted(FACTS.projects.items())
BOUND = installed()
STEP = re.compile(r'"[^"]+"|[^."]+')


class Schema:
    """One version of a kind, followed from field to field."""

    def __init__(self, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.schema: Any = schema
        while is_mapping(self.schema) and "$ref" in self.schema:
            self.schema = definitions[str(self.schema["$ref"]).rpartition("/")[2]]

    def has(self, steps: list[str]) -> bool:
        """Return True if a path leads to a field, or into what has no schema."""
        open_ended = not is_mapping(self.schema) or not self.schema.keys() - {"type", "nullable"}
        if not steps or open_ended or self.schema.get("x-kubernetes-preserve-unknown-fields"):
            return True
        step, rest = steps[0], steps[1:]
        if step.startswith("**"):
            return any(self._below(step[2:].lower()))
        inner = mapping(self.schema.get("properties")).get(step.removesuffix("[]"))
        inner = self.schema.get("additionalProperties") if inner is None else inner
        if step.endswith("[]"):
            inner = None if inner is None else Schema(inner, self.definitions).schema.get("items")
        return inner is not None and Schema(inner, self.definitions).has(rest)

    def _below(self, ending: str) -> Iterator[bool]:
        items = self.schema.get("items")
        if items is not None:
            yield from Schema(items, self.definitions)._below(ending)
        of_map = self.schema.get("additionalProperties")
        if is_mapping(of_map):
            yield from Schema(of_map, self.definitions)._below(ending)
        for name, inner in mapping(self.schema.get("properties")).items():
            yield name.lower().endswith(ending)
            yield from Schema(inner, self.definitions)._below(ending)


def schemas(key: KindName) -> list[Schema]:
    """Return every version of a kind that is bound."""
    versions = (each.version for each in BOUND.versions(*key))
    prefix = f"{key.group}/" if key.group else ""
    found = (BOUND.get(f"{prefix}{version}", key.kind) for version in versions)
    return [Schema(each._body, each._definitions) for each in found if each is not None]


def paths(project: ProjectFact) -> Iterator[tuple[str, str]]:
    """Yield every kind and field in a file, with the keys of names and of data."""
    for fact in project.references:
        inner = [] if fact.is_name else [f".{fact.name}", *([f".{fact.key}"] if fact.key else [])]
        for kind, path in product(fact.of, fact.at):
            for end in inner if inner and "**" not in path else [""]:
                yield kind, f"{path}{end}"
    for made in project.makes:
        at = (*made.at, *made.keys_at, *made.more_keys, made.annotations_at)
        yield from ((kind, path) for kind, path in product(made.of, at) if path and kind != "*")
    for outside in project.outside:
        ends = (outside.name, *outside.property) if outside.name else ("",)
        for kind, path, end in product(outside.of, outside.at, ends):
            if kind not in ("*", "ChartValues"):
                yield kind, f"{path}.{end}".rstrip(".")
    for monitor in project.monitors:
        yield from ((kind, f"spec.{monitor.endpoints}[].port") for kind in monitor.of)


def owners(kind: str) -> Iterator[tuple[KindName, str]]:
    """Yield the kinds that a file means, each with the start of its paths."""
    if kind != "PodSpec":
        yield KindName.parse(kind), ""
    for key, fact in FACTS.kinds.items():
        if kind == "PodSpec" and fact.pod_spec:
            yield KindName(*key), f"{fact.pod_spec}."


def test_fields_exist_in_the_schema_of_their_kind() -> None:
    missing = [
        f"{name}: {kind} {path}"
        for name, project in PROJECTS
        for text, path in paths(project)
        for kind, prefix in owners(text)
        if not path.startswith("metadata.") and schemas(kind)
        if not any(each.has(STEP.findall(prefix + path)) for each in schemas(kind))
    ]
    assert missing == []


def test_a_field_that_does_not_exist_is_reported() -> None:
    (pod,) = schemas(KindName("", "Pod"))
    assert pod.has(["spec", "volumes[]", "secret", "secretName"])
    assert not pod.has(["spec", "volumes[]", "secret", "name"])
    assert not pod.has(["spec", "volumes", "secret"])
    (store, *_) = schemas(KindName("external-secrets.io", "SecretStore"))
    assert store.has(["spec", "provider", "**SecretRef"])
    assert not store.has(["spec", "provider", "**NoSuchRef"])
