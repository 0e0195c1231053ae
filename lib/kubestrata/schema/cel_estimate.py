"""The static cost of CEL rules, as the API server estimates it when it reads a definition.

It refuses a definition with a rule over its limit, and one whose rules are over it together. The
costs are those of cel-go's estimator and of Kubernetes' own functions. Where they are not known
here, the least is assumed: an estimate is never more than the API server's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, sequence
from kubestrata.schema.cel_bound import LARGEST_REQUEST, TEXT, Bound, bound_of
from kubestrata.schema.cel_syntax import (
    CelCall,
    CelItems,
    CelLiteral,
    CelName,
    CelSelect,
    CelSyntaxError,
    Node,
    parsed,
)

RULE_LIMIT = 10_000_000
DEFINITION_LIMIT = 100_000_000

_TEXT_FACTOR = 0.1
_PATTERN_FACTOR = 0.25
_NAME_PATTERN = 128
_LIST, _MAP = 10, 30
_LOOPS = {
    "all": (0, 3, 1),
    "exists": (0, 4, 1),
    "existsOne": (0, 2, 2),
    "exists_one": (0, 2, 2),
    "filter": (_LIST, 3 + _LIST, 1),
    "map": (_LIST, 2 + _LIST, 1),
}
"""By macro: the cost of its start, of each step beside the predicate, and of its result."""
_PARSING = frozenset(
    {"cidr", "ip", "isCIDR", "isIP", "isQuantity", "isSemver", "quantity", "semver", "url"}
)
_WALKING = frozenset({"includes", "indexOf", "isSorted", "lastIndexOf", "max", "min", "sum"})
_COPYING = frozenset({"lowerAscii", "substring", "trim", "upperAscii"})
_EQUAL = frozenset({"!=", "=="})
_ORDERED = frozenset({"<", "<=", ">", ">="})
_SCALAR = Bound("scalar")


class RuleCost(NamedTuple):
    """A rule at a path of a schema, its estimated cost, and what is not bounded on the way."""

    path: str
    rule: str
    cost: int
    unbounded: str


class _Value(Frozen):
    """The result of an expression: its cost, its type, and the size where that is computed."""

    cost: int
    bound: Bound | None = None
    size: int | None = None

    @property
    def most(self) -> int:
        """The largest size; 0 where nothing is known."""
        if self.size is not None:
            return self.size
        return self.bound.most if self.bound is not None else 0


def rule_costs(schema: Mapping[str, Any]) -> Iterator[RuleCost]:
    """Yield the rules of a version of a kind, with their estimated costs."""
    pending: list[_Site] = [_Site("", schema, 1, "", is_root=True)]
    while pending:
        site = pending.pop()
        yield from _own(site)
        pending += reversed(list(_below(site)))


class _Site(Frozen):
    """A location in a schema, and how often it can occur: 0 where that is not bounded."""

    path: str
    schema: Mapping[str, Any]
    times: int
    unbounded: str
    is_root: bool = False


def _own(site: _Site) -> Iterator[RuleCost]:
    rules = sequence(site.schema.get("x-kubernetes-validations"))
    bound = bound_of(site.schema, is_root=site.is_root) if rules else None
    if bound is None:
        return
    times = site.times or LARGEST_REQUEST // (bound.least + 1)
    for rule in rules:
        for key in ("rule", "messageExpression") if is_mapping(rule) else ():
            expression = rule.get(key)
            if isinstance(expression, str):
                cost = expression_cost(expression, bound)
                if cost is not None:
                    yield RuleCost(site.path, expression, cost * times, site.unbounded)


def _below(site: _Site) -> Iterator[_Site]:
    properties: object = site.schema.get("properties")
    for name, each in properties.items() if is_mapping(properties) else ():
        if is_mapping(each):
            path = f"{site.path}.{name}".lstrip(".")
            yield replace(site, path=path, schema=each, is_root=False)
    for key, limit, mark in (
        ("items", "maxItems", "[]"),
        ("additionalProperties", "maxProperties", "{}"),
    ):
        inner: object = site.schema.get(key)
        if is_mapping(inner):
            found = site.schema.get(limit)
            times = site.times * found if isinstance(found, int) else 0
            unbounded = site.unbounded or ("" if isinstance(found, int) else site.path)
            yield _Site(f"{site.path}{mark}", inner, times, unbounded)


def expression_cost(expression: str, bound: Bound) -> int | None:
    """Return the most that one evaluation costs, None for an expression that cannot be read."""
    try:
        node = parsed(expression)
    except CelSyntaxError:
        return None
    value = _Value(1, bound)
    return _Estimate({"self": value, "oldSelf": value}).of(node).cost


def _part(size: int, factor: float) -> int:
    return math.ceil(size * factor)


class _Estimate:
    """Estimates with some variables in scope, each as it is read once."""

    def __init__(self, scope: Mapping[str, _Value]) -> None:
        self._scope = scope

    def of(self, node: Node) -> _Value:
        """Return the estimate of an expression."""
        match node:
            case CelLiteral(size):
                return _Value(0, _SCALAR if size is None else TEXT, 1 if size is None else size)
            case CelName(name):
                return replace(self._scope.get(name, _Value(1)), cost=1)
            case CelSelect():
                return self._select(node)
            case CelItems(items, is_map):
                cost = sum(self.of(each).cost for each in items)
                if is_map:
                    return _Value(cost + _MAP, Bound("map"), len(items) // 2)
                return _Value(cost + _LIST, Bound("list"), len(items))
            case CelCall():
                return self._call(node)

    def _select(self, node: CelSelect) -> _Value:
        value = self.of(node.operand)
        found = value.bound.get(node.name) if value.bound is not None else None
        if node.optional:
            return _Value(value.cost + 1, _unsized(found))
        counts = _sort(value) in ("any", "map", "object")
        known = found is None or found.sort != "scalar" or _sort(value) != "map"
        return _Value(value.cost + counts, found, None if known else 1)

    def _call(self, node: CelCall) -> _Value:
        name, count = node.function, len(node.arguments)
        if name == "has" and count == 1 and isinstance(node.arguments[0], CelSelect):
            return _Value(self.of(node.arguments[0].operand).cost, _SCALAR, 1)
        if node.target is not None and count > 1 and name in _LOOPS:
            return self._loop(node, node.target)
        if name == "bind" and count == 3 and isinstance(node.arguments[0], CelName):
            value = self.of(node.arguments[1])
            body = self._inside({node.arguments[0].name: value}).of(node.arguments[2])
            return replace(body, cost=body.cost + value.cost)
        if name.startswith("transform") or name in ("optFlatMap", "optMap"):
            return _Value(1)
        given = [self.of(each) for each in node.arguments]
        target = self.of(node.target) if node.target is not None else None
        if name == "?:":
            return _either(*given)
        cost = sum(each.cost for each in given) + (target.cost if target is not None else 0)
        own = _operator(name, given) if target is None else _method(name, target, given)
        return replace(own, cost=own.cost + cost)

    def _inside(self, values: Mapping[str, _Value]) -> _Estimate:
        return _Estimate({**self._scope, **values})

    def _loop(self, node: CelCall, target: Node) -> _Value:
        """Return the estimate of a macro, from the loop that it stands for."""
        over = self.of(target)
        bound = over.bound if over.bound is not None else Bound("any")
        two = len(node.arguments) == 3 and node.function not in ("filter", "map")
        names = [each.name for each in node.arguments[: 1 + two] if isinstance(each, CelName)]
        if len(names) != 1 + two:
            return _Value(over.cost)
        # A map is walked by its keys, whose size the API server does not know.
        key = TEXT if bound.sort == "map" else _SCALAR
        item = key if bound.sort == "map" and not two else bound.items
        values = dict(zip(names, (key, bound.items) if two else (item,), strict=True))
        inner = self._inside({name: _Value(1, each) for name, each in values.items()})
        body = [inner.of(each) for each in node.arguments[1 + two :]]
        start, step, result = _LOOPS[node.function]
        rounds = over.most * (step + sum(each.cost for each in body))
        cost = over.cost + start + rounds + result
        if node.function not in ("filter", "map"):
            return _Value(cost, _SCALAR, 1)
        made = item if node.function == "filter" else body[-1].bound
        return _Value(cost, Bound("list", over.most, 2, made), over.most)


def _either(condition: _Value, then: _Value, other: _Value) -> _Value:
    cost = condition.cost + max(then.cost, other.cost)
    return _Value(cost, then.bound or other.bound, max(then.most, other.most))


def _operator(name: str, given: list[_Value]) -> _Value:
    """Return the estimate of an operator or a function, without its arguments."""
    left, right = given if len(given) == 2 else (_Value(0), _Value(0))
    match name:
        case "&&" | "||":
            return _Value(0, _SCALAR, 1)
        case "[]" | "[?]":
            items = left.bound.items if left.bound is not None else None
            return _Value(1, _unsized(items) if name == "[?]" else items)
        case "in":
            return _Value(right.most if _sort(right) == "list" else 1, _SCALAR, 1)
        case "+" if _sort(left) == "list":
            size = left.most + right.most
            return _Value(1, replace(left.bound or Bound("list"), most=size), size)
        case "+" if _sort(left) == "text":
            size = left.most + right.most
            return _Value(_part(size, _TEXT_FACTOR), TEXT, size)
        case _ if name in _EQUAL or (name in _ORDERED and _sort(left) == "text"):
            return _Value(_part(min(left.most, right.most), _TEXT_FACTOR), _SCALAR, 1)
        case _ if name in _PARSING and given:
            return _Value(_part(given[0].most, _TEXT_FACTOR))
        case _:
            return _Value(1, _SCALAR, 1 if name in ("double", "int", "size") else None)


def _method(name: str, target: _Value, given: list[_Value]) -> _Value:
    """Return the estimate of a method, without its target and its arguments."""
    first = given[0].most if given else 0
    found = _searched(name, target.most, first) or _made(name, target, first)
    if found is not None:
        return found
    if name == "validate":
        part = _part(first, _TEXT_FACTOR)
        return _Value(_part(part, _NAME_PATTERN * _PATTERN_FACTOR))
    if name in ("orValue", "value"):
        return _Value(1, _unsized(target.bound))
    if name in _WALKING and _sort(target) == "list":
        return _Value(target.most * (1 + _part(_most_of_item(target), _TEXT_FACTOR)), _SCALAR, 1)
    if name in _WALKING and _sort(target) == "text":
        return _Value(_part(target.most, _TEXT_FACTOR), _SCALAR, 1)
    return _Value(1, _SCALAR, 1)


def _searched(name: str, size: int, wanted: int) -> _Value | None:
    """Return the estimate of a search in a text, None for another method."""
    match name:
        case "contains":
            cost = _part(size, _TEXT_FACTOR) * _part(wanted, _TEXT_FACTOR)
            return _Value(cost, _SCALAR, 1)
        case "endsWith" | "startsWith":
            return _Value(_part(wanted, _TEXT_FACTOR), _SCALAR, 1)
        case "find" | "findAll" | "matches":
            cost = _part(size + 1, _TEXT_FACTOR) * _part(wanted, _PATTERN_FACTOR)
            if name == "matches":
                return _Value(cost, _SCALAR, 1)
            return _Value(cost, TEXT if name == "find" else Bound("list"), size)
        case _:
            return None


def _made(name: str, target: _Value, first: int) -> _Value | None:
    """Return the estimate of a method that makes texts, None for another one."""
    size = target.most
    match name:
        case "join":
            text = size * _most_of_item(target) + max(0, size - 1) * first
            return _Value(_part(text, _TEXT_FACTOR), TEXT, text)
        case "replace":
            return _Value(_part(size, 2 * _TEXT_FACTOR), TEXT, size)
        case "split":
            return _Value(_part(size, 2 * _TEXT_FACTOR), Bound("list", items=TEXT), size)
        case _ if name in _COPYING:
            return _Value(_part(size, _TEXT_FACTOR), TEXT, size)
        case _:
            return None


def _sort(value: _Value) -> str:
    return "any" if value.bound is None else value.bound.sort


def _most_of_item(value: _Value) -> int:
    items = value.bound.items if value.bound is not None else None
    return items.most if items is not None and items.sort == "text" else 0


def _unsized(bound: Bound | None) -> Bound | None:
    """Return the type of an optional value, whose size the API server does not know."""
    return replace(bound, most=0) if bound is not None else None
