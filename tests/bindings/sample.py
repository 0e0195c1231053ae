"""Random JSON values that a schema allows: small, bounded, and the same for the same seed."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from tests.bindings.sample_scalar import NoValueError, number, text, text_of
from tests.strict_schema import RESTRICTING, SERVER_FIELD, Schema, Validator

_Item = TypeVar("_Item")
MAX_DEPTH = 12
_KEYS = ("a", "if", "a.example.org/b", "from-1", "日本", "$ref")
_UNTYPED: tuple[Any, ...] = (None, True, 3, 0.5, "a", [], [1, None], {}, {"a": {"b": [None]}})
_IDENTITY = {"apiVersion": "v1", "kind": "Example"}
_SCALARS = ("pattern", "format", "uniqueItems")
_CHECKED = frozenset((*RESTRICTING, *_SCALARS, "if"))
_ALTERNATIVES = frozenset(("allOf", "anyOf", "oneOf"))
_MERGED = ("properties", "required", "avoid", "if", "then", "else", *RESTRICTING)
_MANY = 1 << 20
_TYPED = {"string": (str,), "integer": (int,), "number": (float, int), "boolean": (bool,)}


class Sampler:
    """Draws values of the schemas in one document, which their references point into.

    `validator_of` builds the validator of a part of it.
    """

    def __init__(self, root: Schema, validator_of: Callable[[Schema], Validator]) -> None:
        self._root = root
        self._validator_of = validator_of
        self._checks: dict[int, tuple[Schema, Validator]] = {}
        self._targets: dict[int, tuple[Schema, Schema]] = {}
        self._plain_ones: dict[int, tuple[Schema, dict[str, Any]]] = {}
        self._drawn: Counter[object] = Counter()
        self._random = random.Random(0)
        self._share = 1.0

    def draw(self, schema: Schema, seed: int, share: float) -> Any:
        """A value that the schema allows; raises NoValueError.

        `share` is how many of the optional fields it has, 0 to 1.
        """
        self._random, self._share = random.Random(seed), share
        return self._value(schema, 0)

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        if id(schema) not in self._targets:
            found: Any = self._root
            for part in schema["$ref"].split("/")[1:]:
                found = found[part.replace("~1", "/").replace("~0", "~")]
            beside = {key: each for key, each in schema.items() if key not in ("$ref", "default")}
            target = self._resolved(found)
            self._targets[id(schema)] = (schema, {**target, **beside} if beside else target)
        return self._targets[id(schema)][1]

    def _value(self, schema: Any, depth: int) -> Any:
        schema = self._resolved(schema if isinstance(schema, dict) else {})
        for share in (self._share, self._share, 0.5, 0.25, 0.0, 0.0, 0.0):
            mine, self._share = self._share, min(share, self._share)
            try:
                found = self._plain(self._chosen(schema), depth)
            finally:
                self._share = mine
            if self._allows(schema, found):
                return found
        raise NoValueError(schema)

    def _allows(self, schema: Schema, value: Any) -> bool:
        """Return True if the restrictions hold that the construction does not guarantee."""
        if _CHECKED.isdisjoint(schema):
            return True
        if id(schema) not in self._checks:
            check = self._validator_of({**self._known(schema), **schema})
            self._checks[id(schema)] = (schema, check)
        return self._checks[id(schema)][1].is_valid(value)

    def _known(self, schema: Schema) -> Schema:
        if '"$ref"' not in json.dumps(schema):
            return {}
        return {key: self._root[key] for key in ("$defs", "definitions") if key in self._root}

    def _chosen(self, schema: Schema) -> dict[str, Any]:
        """The schema with one alternative of each restriction taken in."""
        if not _ALTERNATIVES.isdisjoint(schema):
            return self._drawn_alternative(schema)
        if id(schema) not in self._plain_ones:
            self._plain_ones[id(schema)] = (schema, self._drawn_alternative(schema))
        return self._plain_ones[id(schema)][1]

    def _drawn_alternative(self, schema: Schema) -> dict[str, Any]:
        chosen, avoid = dict(schema), set[str]()
        parts = [each for each in schema.get("allOf", ()) if "if" not in each]
        conditions = [each for each in schema.get("allOf", ()) if "if" in each]
        for each in self._rarest(conditions, 1, id):
            parts += [each["if"], each.get("then", {})]
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                parts += self._rarest(schema[key], 1, id)
                if key == "oneOf":
                    avoid.update(*(each.get("required", ()) for each in schema[key]))
        required = [*schema.get("required", ())]
        properties = dict(schema.get("properties", {}))
        for part in map(self._chosen, map(self._resolved, parts)):
            required += part.get("required", ())
            avoid.update(part.get("avoid", ()))
            for name, each in part.get("properties", {}).items():
                properties[name] = {**properties[name], **each} if name in properties else each
            chosen |= {key: each for key, each in part.items() if key not in _MERGED}
            avoid.update(*_forbidden(part))
        avoid.update(*_forbidden(schema))
        chosen |= {"required": required, "avoid": avoid.difference(required)}
        return chosen | ({"properties": properties} if properties else {})

    def _rarest(
        self, given: Sequence[_Item], most: int, key: Callable[[_Item], object]
    ) -> list[_Item]:
        """At most so many, those before others that were drawn least."""
        if len(given) > most:
            shuffled = self._random.sample(given, len(given))
            given = sorted(shuffled, key=lambda each: self._drawn[key(each)])[:most]
            self._drawn.update(map(key, given))
        return list(given)

    def _plain(self, schema: dict[str, Any], depth: int) -> Any:
        name = self._type_name(schema)
        chosen = [schema["const"]] if "const" in schema else schema.get("enum")
        if name == "null" and None in (chosen or (None,)):
            return None
        if chosen:
            fitting = _TYPED.get(name, (bool, float, int, str, list, dict))
            left = [each for each in chosen if type(each) in fitting]
            if not left:
                raise NoValueError(schema)
            return self._random.choice(left)
        match name:
            case "string":
                return text(self._random, schema)
            case "integer" | "number":
                return number(self._random, schema, whole=name == "integer")
            case "boolean":
                return self._random.choice((False, True))
            case "array":
                return self._list(schema, depth)
            case "object":
                return self._object(schema, depth)
            case _:
                return self._random.choice(_UNTYPED)

    def _type_name(self, schema: Schema) -> str:
        name = schema.get("type", "")
        if schema.get("nullable") is True and self._share < 1 and self._random.random() < 0.2:
            return "null"
        if schema.get("x-kubernetes-int-or-string") is True:
            name = ["integer", "string"]
        if isinstance(name, list):
            return str(self._random.choice(name))
        if not name and {"properties", "additionalProperties", "patternProperties"} & set(schema):
            return "object"
        return "array" if not name and "items" in schema else str(name)

    def _list(self, schema: dict[str, Any], depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        wanted = 1 if self._share == 1 else self._random.randint(0, 2)
        wanted = wanted if depth < MAX_DEPTH else 0
        count = max(least, min(schema.get("maxItems", wanted), wanted))
        try:
            return [self._value(schema.get("items"), depth + 1) for _ in range(count)]
        except NoValueError:
            if least:
                raise
            return []

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        known = schema.get("properties", {})
        for name in self._names(schema, depth):
            try:
                # a schema may require what it does not describe
                found[name] = self._value(known[name], depth + 1) if name in known else "a"
            except NoValueError:
                if name in schema["required"]:
                    raise
        for key, values in self._other(schema, depth, len(found)):
            found.setdefault(key, self._value(values, depth + 1))
        return found | _IDENTITY if schema.get("x-kubernetes-embedded-resource") is True else found

    def _names(self, schema: dict[str, Any], depth: int) -> Iterator[str]:
        """The required names, and of the others as many as are wanted and allowed."""
        required = list(dict.fromkeys(schema["required"]))
        yield from required
        without = {*required, *schema["avoid"]}
        if "x-kubernetes-group-version-kind" in schema:
            without.add(SERVER_FIELD)
        known = schema.get("properties", {})
        free = [name for name, each in known.items() if name not in without and each is not False]
        least = schema.get("minProperties", 0) - len(required)
        most = schema.get("maxProperties", _MANY) - len(required)
        share = self._share if depth < MAX_DEPTH else 0
        wanted = [name for name in free if self._random.random() < share]
        if len(wanted) < least:
            wanted += [name for name in free if name not in wanted][: least - len(wanted)]
        yield from self._rarest(wanted, most, lambda name: (id(known[name]), name))

    def _other(self, schema: dict[str, Any], depth: int, have: int) -> Iterator[tuple[str, Any]]:
        """Keys that the schema does not name, and the schema of their values."""
        values, patterns = schema.get("additionalProperties"), schema.get("patternProperties", {})
        least = schema.get("minProperties", 0) - have
        most = schema.get("maxProperties", _MANY) - have
        more = (
            self._share > 0
            and depth < MAX_DEPTH
            and (not have or (self._share < 1 and self._random.random() < 0.3))
        )
        if patterns:
            pattern = self._random.choice(list(patterns))
            yield from [(text_of(pattern), patterns[pattern])] if more else ()
        elif (
            values
            or schema.get("x-kubernetes-preserve-unknown-fields") is True
            or (values is not False and not schema.get("properties"))
        ):
            for key in _KEYS[: min(most, max(int(more), least))]:
                yield key, values


def _forbidden(schema: Schema) -> Iterator[list[str]]:
    """Return the fields that a `not` forbids."""
    found = schema.get("not", {})
    for each in (found, *found.get("anyOf", ())):
        if "required" in each:
            yield each["required"][-1:]
