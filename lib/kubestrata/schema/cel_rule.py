"""CEL rules (`x-kubernetes-validations`) of custom resources.

A rule that cannot be evaluated here is never a violation: a transition rule, one that the library
cannot parse, one with an unknown function. It is recorded, so that it can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.schema import cel_library as cel
from kubestrata.schema.branch import Branch, Growth, reached, steps
from kubestrata.schema.cel_cost import CelBudget, CostShape, refused, shape_of
from kubestrata.schema.cel_function import FUNCTIONS
from kubestrata.schema.cel_read import Read, chains, plain_words, reads
from kubestrata.schema.fault import Fault, Step, dotted, hidden, shortened, shown
from kubestrata.schema.transition import is_transition

_LONGEST_RULE = 160
_ESCAPED = re.compile(r"__(dot|dash|slash|underscores)__")
_OWN = """bytes contains double duration dyn endsWith getDate getDayOfMonth getDayOfWeek
getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth getSeconds hasValue int
matches optional.none optional.of optional.ofNonZeroValue or orValue size startsWith string
timestamp type uint value"""
_KNOWN = frozenset(name.rpartition(".")[2] for name in (*_OWN.split(), *FUNCTIONS))
_TYPED = frozenset({"date", "date-time", "duration"})


class UncheckedRule(NamedTuple):
    """A rule that cannot be evaluated here, and the reason."""

    rule: str
    why: str


class CelRule(Frozen):
    """A rule that can be evaluated; `field` is its subject, relative to its location."""

    expression: str
    program: cel.Program
    shape: CostShape
    field: str


class CelRules(Frozen):
    """The rules of one location, the parts that they read, and its durations and times."""

    rules: tuple[CelRule, ...]
    read: Read
    typed: Branch[str] | None


@cache
def _program(expression: str) -> cel.Program | str:
    """Return the compiled rule, shared by all its locations, or the reason for its absence."""
    if why := refused(expression):
        return why
    if _ESCAPED.search(expression):
        return "names fields in a form that is not supported here"
    try:
        program = cel.compile(plain_words(expression))
    except ValueError as failure:
        found = re.search(r"ERROR: \S+ (.*)", str(failure))
        return shortened(found[1] if found else str(failure))
    unknown = [name for name in program.functions() if name[:1].isalpha() and name not in _KNOWN]
    return f"calls {', '.join(unknown)}, which is not supported here" if unknown else program


def _context() -> cel.Context:
    context = cel.Context()
    for name, function in FUNCTIONS.items():
        context.add_function(name, function)
    return context


_CONTEXT = _context()


class CelPlan:
    """All rules of one version of a kind; `unchecked` are those that cannot be evaluated at all."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.unchecked: set[UncheckedRule] = set()
        self._typed = Growth[str](_typed_format, {})
        self._branch = Growth[CelRules](self._own, {}).of(schema)

    def _own(self, schema: dict[str, Any]) -> CelRules | None:
        listed: object = schema.get("x-kubernetes-validations")
        found = [each for each in listed if is_mapping(each)] if is_list(listed) else []
        rules = tuple(rule for each in found for rule in self._compiled(each))
        if not rules:
            return None
        read = reads(rule.expression for rule in rules)
        return CelRules(rules, read, self._typed.of(schema))

    def _compiled(self, stored: dict[str, Any]) -> Iterator[CelRule]:
        expression = str(stored.get("rule", ""))
        if is_transition(expression):
            return
        program = _program(expression)
        if isinstance(program, str):
            self.unchecked.add(UncheckedRule(expression, program))
        else:
            field = str(stored.get("fieldPath", "")).removeprefix(".")
            yield CelRule(plain_words(expression), program, shape_of(expression), field)

    def faults(
        self, value: object, noted: set[UncheckedRule], budget: CelBudget | None = None
    ) -> Iterator[Fault]:
        """Yield the rules that an object with defaults breaks; the object fits its schema.

        `noted` collects the rules that cannot be evaluated for this object, or not within `budget`.
        """
        if self._branch is None:
            return
        budget = budget or CelBudget()
        for own, each, trail in reached(self._branch, value):
            if each is None:
                continue
            if own.typed is not None:
                each = _with_types(own.typed, each)  # noqa: PLW2901  # the same value, for CEL
            # All of a location at once: the caller may validate another object between two
            # problems.
            path = steps(trail)
            asked = [
                (rule, _broken(rule, each, path, noted, budget))
                for rule in _ready(own, each, noted)
            ]
            for rule, message in asked:
                if message:
                    yield Fault(f"{dotted(path)}.{rule.field}".strip("."), message)


def _ready(own: CelRules, value: object, noted: set[UncheckedRule]) -> tuple[CelRule, ...]:
    try:
        _CONTEXT.add_variable("self", own.read.of(value))
    except Exception as failure:  # noqa: BLE001  # a number that CEL does not have, for one
        for rule in own.rules:
            _note(noted, rule, shortened(str(failure), 120))
        return ()
    return own.rules


def _broken(
    rule: CelRule, value: object, path: Sequence[Step], noted: set[UncheckedRule], budget: CelBudget
) -> str:
    if why := budget.refuses(rule.shape, value):
        _note(noted, rule, why)
        return ""
    try:
        holds = rule.program.execute(_CONTEXT)
    except KeyError as missing:
        text = shortened(rule.expression, _LONGEST_RULE)
        return f"the rule `{text}` needs {missing.args[0]}, which is not set"
    except Exception as failure:  # noqa: BLE001  # a function's failure arrives as it was raised
        _note(noted, rule, shortened(str(failure), 120))
        return ""
    finally:
        budget.spend()
    if holds is not False:
        return ""
    if "size(" in rule.expression and not repr(value).isascii():
        # The library counts bytes where Kubernetes counts characters.
        _note(noted, rule, "counts characters outside ASCII")
        return ""
    because = _values(rule.expression, value, path)
    text = f"the rule `{shortened(rule.expression, _LONGEST_RULE)}` does not hold"
    return f"{text}: {because}" if because else text


def _note(noted: set[UncheckedRule], rule: CelRule, why: str) -> None:
    """Record the first reason; a rule that fails on each of a thousand objects counts once."""
    if all(each.rule != rule.expression for each in noted):
        noted.add(UncheckedRule(rule.expression, why))


def _values(expression: str, value: object, path: Sequence[Step]) -> str:
    """Return the values of the fields in a broken rule."""
    found: dict[str, str] = {}
    for names, only_asks in chains(expression):
        at: Any = value
        for name in names:
            at = at.get(name, ...) if is_mapping(at) else ...
        what = ".".join(names)
        if at is ...:
            found.setdefault(what, f"{what} is not set")
        elif only_asks:
            found.setdefault(what, f"{what} is set")
        elif not isinstance(at, dict | list | timedelta | datetime):
            said = shown(hidden(at, (*path, *names)))
            found[what] = f"{what} is {said}" if what else f"it is {said}"
    return ", ".join(list(found.values())[:4])


def _typed_format(schema: dict[str, Any]) -> str | None:
    name = schema.get("format")
    return name if name in _TYPED and schema.get("type") == "string" else None


def _with_types(branch: Branch[str], value: Any) -> Any:
    """Return the value with its durations and times as CEL types."""
    if isinstance(value, str) and branch.own is not None:
        return _read(branch.own, value)
    if is_mapping(value):
        found: dict[str, Any] = {}
        for name, each in value.items():
            child = branch.fields.get(name, branch.extra)
            found[name] = each if child is None else _with_types(child, each)
        return found
    if is_list(value) and branch.items is not None:
        return [_with_types(branch.items, each) for each in value]
    return value


def _read(name: str, text: str) -> object:
    try:
        if name == "duration":
            return cel.evaluate(f"duration({text!r})")
        return datetime.fromisoformat(text)
    except (ValueError, RuntimeError):
        return text
