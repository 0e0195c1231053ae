"""The parts of a schema that carry checks, and nothing else of it.

A pod has a thousand fields; twenty of them are lists with keys. A walk over an object follows only
the paths that lead to one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema.fault import Step

_DEFINITIONS = "#/definitions/"

Own = TypeVar("Own")
Trail: TypeAlias = tuple[Any, ...]
"""The path of a value, inside out: `(((), "spec"), "rules")`; formatted only for a problem."""


@dataclass(slots=True)
class Branch(Generic[Own]):
    """One location in a schema: its own checks, and the branches below it."""

    own: Own | None
    fields: dict[str, Branch[Own]]
    items: Branch[Own] | None
    extra: Branch[Own] | None


class Growth(Generic[Own]):
    """Builder of the branches of a schema; equal parts share one branch.

    `shared` are the branches of definitions that other schemas referred to.
    """

    def __init__(
        self,
        own: Callable[[dict[str, Any]], Own | None],
        definitions: Mapping[str, Any],
        shared: dict[str, Branch[Own] | None] | None = None,
    ) -> None:
        self._own = own
        self._definitions = definitions
        self._shared = {} if shared is None else shared
        self._known: dict[int, Branch[Own] | None] = {}

    def of(self, schema: object) -> Branch[Own] | None:
        """Return the branch of a schema, None if nothing in it carries a check."""
        if not is_mapping(schema):
            return None
        ref = schema.get("$ref")
        if isinstance(ref, str):
            return self._defined(ref.removeprefix(_DEFINITIONS))
        if id(schema) not in self._known:
            self._known[id(schema)] = self._grown(schema)
        return self._known[id(schema)]

    def _defined(self, name: str) -> Branch[Own] | None:
        if name not in self._shared:
            # A definition that contains itself is followed once.
            self._shared[name] = None
            self._shared[name] = self.of(self._definitions.get(name))
        return self._shared[name]

    def _grown(self, schema: dict[str, Any]) -> Branch[Own] | None:
        fields: dict[str, Branch[Own]] = {}
        properties = schema.get("properties")
        for name, each in properties.items() if is_mapping(properties) else ():
            branch = self.of(each)
            if branch is not None:
                fields[name] = branch
        own = self._own(schema)
        items = self.of(schema["items"]) if "items" in schema else None
        more = schema.get("additionalProperties")
        extra = self.of(more) if more else None
        if own is None and not fields and items is None and extra is None:
            return None
        return Branch(own, fields, items, extra)


def reached(branch: Branch[Own], value: object) -> Iterator[tuple[Own, Any, Trail]]:
    """Yield every value of an object at a location with checks."""
    stack: list[tuple[Branch[Own], Any, Trail]] = [(branch, value, ())]
    while stack:
        branch, value, trail = stack.pop()
        if branch.own is not None:
            yield branch.own, value, trail
        if is_mapping(value):
            fields, extra = branch.fields, branch.extra
            for name, each in value.items():
                child = fields.get(name, extra)
                if child is not None:
                    stack.append((child, each, (trail, name)))
        elif is_list(value) and branch.items is not None:
            for index, each in enumerate(value):
                stack.append((branch.items, each, (trail, index)))


def steps(trail: Trail) -> list[Step]:
    """Return the path of a value from the outside in."""
    found: list[Step] = []
    while trail:
        trail, step = trail
        found.append(step)
    return found[::-1]
