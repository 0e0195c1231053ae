"""Requirements of the API server for built-in kinds beyond their schema.

The requirements are data (`knowledge/requirements`), of a type each. A walk over an object finds
every value whose type has some, wherever the type occurs.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias, TypeGuard

from kubestrata.core.alike import alike
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, is_sequence, mapping, sequence
from kubestrata.core.value.amount import is_quantity, quantity
from kubestrata.knowledge import Check, requirements, type_name
from kubestrata.schema.branch import Branch, Growth, reached, steps
from kubestrata.schema.definitions import KubernetesDefinitions
from kubestrata.schema.fault import Fault, Step, dotted, hidden, is_open, shortened, shown
from kubestrata.schema.syntax import SYNTAXES, is_inside

_Path: TypeAlias = tuple[str, ...]
_Site: TypeAlias = tuple[tuple[Step, ...], Any]
_ITEMS, _VALUES, _KEYS = "[]", "{}", "{key}"
_BRACES = re.compile(r"{([^}]*)}")
_LISTED = 160


@cache
def _path(text: str) -> _Path:
    for mark in (_ITEMS, _KEYS, _VALUES):
        text = text.replace(mark, f".{mark}")
    return tuple(each for each in text.split(".") if each)


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


class _Rule(Frozen):
    """A check with its paths; `head` is a field without which it finds nothing, '' for none."""

    check: Check
    each: _Path
    paths: tuple[_Path, ...]
    head: str


def _rule(check: Check) -> _Rule:
    paths = tuple(map(_path, _several(check.at)))
    heads = {path[0] if path else "" for path in paths}
    absent = check.required or check.exactly_one or check.at_least_one or len(heads) != 1
    return _Rule(check, _path(check.each), paths, "" if absent or check.each else heads.pop())


@cache
def _rules() -> Mapping[str, tuple[_Rule, ...]]:
    found: dict[str, list[_Rule]] = {}
    for each in requirements():
        for name in _several(each.of):
            found.setdefault(name, []).extend(map(_rule, each.checks))
    return {name: tuple(rules) for name, rules in found.items() if rules}


@cache
def optional_fields() -> Mapping[str, frozenset[str]]:
    """Return the fields that a definition requires and the API server does not, by type."""
    return {
        name: frozenset(each.optional)
        for each in requirements()
        for name in _several(each.of)
        if each.optional
    }


def type_names(
    schema: dict[str, Any], definition: str, definitions: Mapping[str, Any]
) -> Mapping[int, str]:
    """Return the type of each definition, and of the schema of one, by the schema's `id()`."""
    names = {id(each): type_name(name) for name, each in definitions.items()}
    return {**names, id(schema): type_name(definition)}


def requirement_branch(
    schema: dict[str, Any], definition: str, definitions: KubernetesDefinitions
) -> Branch[tuple[_Rule, ...]] | None:
    """Return the branch of a built-in kind's requirements."""
    names = type_names(schema, definition, definitions)

    def own(part: dict[str, Any]) -> tuple[_Rule, ...] | None:
        return _rules().get(names.get(id(part), ""))

    return Growth(own, definitions, definitions.branches("requirements")).of(schema)


class _Problem(NamedTuple):
    """A problem of a field; the message may begin with its value."""

    message: str
    fix: str = ""
    shows_value: bool = False


class _Read(NamedTuple):
    """Context of a check: values of a Secret are hidden, `${x}` is substituted later."""

    of_secret: bool
    substituted: bool
    minor: int

    def is_open(self, value: object) -> bool:
        return self.substituted and is_open(value)

    def shown(self, value: object, path: Sequence[Step]) -> str:
        return shown(hidden(value, path, of_secret=self.of_secret))


def requirement_faults(
    branch: Branch[tuple[_Rule, ...]] | None,
    value: object,
    *,
    minor: int,
    of_secret: bool = False,
    substituted: bool = False,
) -> Iterator[Fault]:
    """Yield the requirements of Kubernetes 1.`minor` that an object does not meet."""
    if branch is None:
        return
    read = _Read(of_secret, substituted, minor)
    for rules, each, trail in reached(branch, value):
        if not is_mapping(each):
            continue
        for rule in rules:
            if rule.head and rule.head not in each:
                continue
            yield from _faults(rule, each, trail, read)


def _faults(rule: _Rule, value: dict[str, Any], trail: Any, read: _Read) -> Iterator[Fault]:
    for start, root in _found(value, rule.each) if rule.each else [((), value)]:
        if not is_mapping(root) or not _applies(rule.check, root, read):
            continue
        for path in rule.paths:
            for inner, found in _found(root, path):
                problem = None if read.is_open(found) else _problem(rule.check, root, found)
                if problem is not None:
                    where = [*steps(trail), *start, *inner]
                    yield _fault(rule.check, where, problem, read.shown(found, where))


def _fault(check: Check, path: Sequence[Step], problem: _Problem, value: str) -> Fault:
    why = f"; {check.why}" if check.why else ""
    before = f"{value} " if problem.shows_value else ""
    return Fault(dotted(path), f"{before}{problem.message}{why}", check.fix or problem.fix)


def _found(value: Any, path: _Path, at: tuple[Step, ...] = ()) -> Iterator[_Site]:
    """Yield the values at a path; an absent field is null, if no list or map is on the way."""
    for number, step in enumerate(path):
        rest = path[number + 1 :]
        if step == _ITEMS:
            for index, item in enumerate(sequence(value)):
                yield from _found(item, rest, (*at, index))
            return
        if step in (_KEYS, _VALUES):
            for key, item in mapping(value).items():
                yield from _found(key if step == _KEYS else item, rest, (*at, key))
            return
        if is_mapping(value) and step in value:
            value, at = value[step], (*at, step)
        elif value is None or is_mapping(value):
            names = path[number:]
            if not {_ITEMS, _KEYS, _VALUES} & {*names}:
                yield (*at, *names), None
            return
        else:
            return
    yield at, value


def _one(root: dict[str, Any], path: str) -> Any:
    return next((value for _, value in _found(root, _path(path))), None)


def _is_set(value: object) -> bool:
    return value is not None and value not in ("", [], ())


def _applies(check: Check, root: dict[str, Any], read: _Read) -> bool:
    if check.until and read.minor > check.until:
        return False
    for path, values in check.when.items():
        found = _one(root, path)
        if read.is_open(found) or not _is_among(found, values):
            return False
    for path, values in check.unless.items():
        found = _one(root, path)
        if read.is_open(found) or _is_among(found, values):
            return False
    if not all(_is_set(_one(root, path)) for path in check.set):
        return False
    if any(_is_set(_one(root, path)) for path in check.unset):
        return False
    return not check.many or len(sequence(_one(root, check.many))) > 1


def _is_among(value: object, values: Sequence[object]) -> bool:
    value = "" if value is None else value
    return any(value == each and isinstance(value, bool) == isinstance(each, bool)
               for each in values)  # fmt: skip


def _problem(check: Check, root: dict[str, Any], value: Any) -> _Problem | None:
    """Return what is wrong with the value of a field, None if nothing is."""
    if check.required and (not _is_set(value) or value == {}):
        return _Problem("is not set", _only(check))
    if value is None:
        return None
    if check.forbidden:
        return _Problem("must not be set") if _is_set(value) else None
    if check.not_empty and value == "":
        return _Problem("is empty")
    found = (find(check, root, value) for find in (_of_value, _of_number, _of_list, _of_fields))
    return next((each for each in found if each is not None), None)


def _of_value(check: Check, _root: dict[str, Any], value: Any) -> _Problem | None:
    if check.one_of is not None and not _is_among(value, check.one_of):
        known = [each for each in check.one_of if each != ""] or ["''"]
        listed = shortened(", ".join(map(str, known)), _LISTED)
        one = "one of " if len(known) > 1 else ""
        fix = _only(check) or _near(value, known)
        return _Problem(f"is not valid: must be {one}{listed}", fix, shows_value=True)
    if check.none_of and _is_among(value, check.none_of):
        return _Problem("is not valid", shows_value=True)
    if check.max_length is not None and isinstance(value, str) and len(value) > check.max_length:
        return _Problem(f"has {len(value)} characters; {check.max_length} are allowed")
    why = SYNTAXES[check.syntax](value) if check.syntax and value != "" else ""
    if why:
        return _Problem(f"is not a valid {check.syntax}: {why}", shows_value=True)
    return None


def _only(check: Check) -> str:
    """Return the fix for a field that has one valid value."""
    known = [each for each in check.one_of or () if each != ""]
    return f"write {known[0]}" if len(known) == 1 else ""


def _near(value: object, known: Sequence[object]) -> str:
    names = {each.lower(): each for each in known if isinstance(each, str)}
    found = alike(value.lower(), names, likeness=0.7) if isinstance(value, str) else []
    return f"write {names[found[0]]}" if found else ""


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _of_number(check: Check, root: dict[str, Any], value: Any) -> _Problem | None:
    if check.quantity and is_quantity(value):
        number, positive = quantity(str(value)), check.quantity == "positive"
        if number < 0 or (positive and number == 0):
            words = "more than 0" if positive else "at least 0"
            return _Problem(f"is not valid: must be {words}", shows_value=True)
    if not _is_number(value):
        return None
    low, high = check.minimum, check.maximum
    if high == 0 and value > 0:
        return _Problem("must not be set")
    if (low is not None and value < low) or (high is not None and value > high):
        return _Problem(f"is not valid: must be {_span(low, high)}", shows_value=True)
    for other, allowed, words in _limits(check):
        limit = _one(root, other)
        limit = check.otherwise if limit is None and other == check.less_than else limit
        if _is_number(limit) and not allowed(value, limit):
            return _Problem(f"is not valid: must be {words} {other}, {limit}", shows_value=True)
    return None


def _span(low: int | None, high: int | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


def _limits(check: Check) -> Iterator[tuple[str, Callable[[int, int], bool], str]]:
    if check.at_least:
        yield check.at_least, operator.ge, "at least"
    if check.at_most:
        yield check.at_most, operator.le, "at most"
    if check.less_than:
        yield check.less_than, operator.lt, "less than"


def _of_list(check: Check, root: dict[str, Any], value: Any) -> _Problem | None:
    if check.inside and not is_inside(value, _one(root, check.inside)):
        return _Problem(f"is not valid: must be a part of {check.inside}", shows_value=True)
    if not (is_sequence(value) or is_mapping(value)):
        return None
    if check.max_items == 0 and value:
        return _Problem("must be empty")
    if check.max_items is not None and len(value) > check.max_items:
        return _Problem(f"has {len(value)} items; {check.max_items} are allowed")
    if not is_sequence(value):
        return None
    if check.alone and check.alone in value and any(each != check.alone for each in value):
        return _Problem(f"has other items beside {check.alone!r}")
    if check.any_of and not any(each in check.any_of for each in value):
        return _Problem(f"must have {' or '.join(check.any_of)}")
    return None if check.unique is None else _repeated(check.unique, value)


def _repeated(field: str, items: Sequence[Any]) -> _Problem | None:
    seen: list[Any] = []
    for item in items:
        value = mapping(item).get(field) if field else item
        if _is_set(value) and value in seen:
            what = f"{field} " if field else "the value "
            return _Problem(f"has a second item with {what}{shown(value)}", "remove one of them")
        seen.append(value)
    return None


def _of_fields(check: Check, root: dict[str, Any], value: Any) -> _Problem | None:
    if check.equals:
        named = _BRACES.sub(lambda found: str(_one(root, found[1]) or ""), check.equals)
        message = f"is not valid: must be {named!r}"
        return None if value == named else _Problem(message, f"write {named}", shows_value=True)
    if not is_mapping(value):
        return None
    if check.filled and not any(value.get(name) for name in check.filled):
        return _Problem("is empty")
    several = check.exactly_one or check.at_most_one or check.at_least_one
    found = [name for name in several if _is_set(_one(value, name))]
    if not found and (check.exactly_one or check.at_least_one):
        return _Problem(f"needs one of {shortened(', '.join(several), _LISTED)}")
    if len(found) > 1 and not check.at_least_one:
        return _Problem(f"has {' and '.join(found)}; one is allowed", "keep one")
    return None
