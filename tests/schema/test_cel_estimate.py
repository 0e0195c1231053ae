"""The cost of CEL rules is estimated as the API server does it.

The expected costs of `test_a_cost_is_that_of_the_api_server` are those that Kubernetes' own tests
of apiextensions-apiserver 1.36 state for the same schemas and rules.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubestrata.bindings import expanded, read_index
from kubestrata.schema import RULE_LIMIT, rule_costs
from kubestrata.schema.cel_bound import bound_of
from kubestrata.schema.cel_estimate import expression_cost
from kubestrata.schema.cel_syntax import (
    CelCall,
    CelLiteral,
    CelName,
    CelSelect,
    CelSyntaxError,
    parsed,
)

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
EITHER: Schema = {"x-kubernetes-int-or-string": True}
DATE: Schema = {"type": "string", "format": "date"}
TIME: Schema = {"type": "string", "format": "date-time"}
SPAN: Schema = {"type": "string", "format": "duration"}
PART: Schema = {
    "type": "object",
    "properties": {"needed": TEXT, "optional": TEXT},
    "required": ["needed"],
}
NAMED: Schema = {**PART, "properties": {"required": TEXT}, "required": ["required"]}


def many(items: Schema, most: int | None = None) -> Schema:
    return {"type": "array", "items": items} | ({} if most is None else {"maxItems": most})


def keyed(values: Schema, most: int | None = None) -> Schema:
    found: Schema = {"type": "object", "additionalProperties": values}
    return found if most is None else {**found, "maxProperties": most}


def text(most: int, **more: Any) -> Schema:
    return {**TEXT, "maxLength": most, **more}


@pytest.mark.parametrize(
    ("schema", "rule", "cost"),
    [
        (many(NUMBER), "self.all(x, true)", 4718591),
        (many(NUMBER, 10), "self.all(x, true)", 32),
        (many(TEXT), "self.all(x, true)", 3145727),
        (many(FLAG), "self.all(x, true)", 1887437),
        (many(many(NUMBER)), "self.all(x, true)", 3145727),
        (many(EITHER), "self.all(x, true)", 4718591),
        (many(SPAN), "self.all(x, true)", 2359295),
        (many(DATE), "self.all(x, true)", 725936),
        (many(TIME), "self.all(x, true)", 428963),
        (many(NUMBER), "self.all(x, x == 0.0)", 6291454),
        (keyed(NUMBER), "self.all(x, true)", 1348169),
        (keyed(TEXT), "self.all(x, true)", 1179647),
        (keyed(TEXT, 3), "self.all(x, true)", 11),
        (keyed(TIME), "self.all(x, true)", 349526),
        (keyed(many(NUMBER)), "self.all(x, true)", 1179647),
        (keyed(TEXT), "self.all(x, x.contains(self[x]))", 2752507),
        (keyed(text(10), 10), "self.all(x, x.contains(self[x]))", 72),
        (TEXT, "self.contains('test')", 314574),
        (text(10), "self.contains('test')", 5),
        (TEXT, "self.startsWith('test')", 2),
        (TEXT, "size(self + 'hello') > size('hello')", 314578),
        (TEXT, "self.matches('x')", 314574),
        (TEXT, "self.matches('')", 1),
        (TEXT, "''.matches('(((((((((())))))))))[0-9]')", 7),
        (TEXT, "self == 'x'", 2),
        (text(0), "self == 'x'", 1),
        (text(0, format="byte"), "self == b'x'", 1),
        (TEXT, "self.find('[0-9]+') == ''", 629147),
        (text(10), "self.lowerAscii() == 'lower!'", 6),
        ({**TEXT, "enum": ["A", "LongValue"]}, "self.contains('A')", 2),
        (text(1000, enum=["A"]), "self.contains('A')", 401),
        (many(NUMBER), "self[1] == 0.0", 2),
        (many(TEXT), "self[1] == self[1]", 314577),
        (many(EITHER), "self[0] == 5", 3),
        (many(many(NUMBER)), "self[0][0] == -1.0", 3),
        (many(keyed(NUMBER)), "self.all(x, x.y == 25.2)", 6291452),
        (many(keyed(NUMBER)), "self[0].x > 2.0", 4),
        (many(keyed(NAMED, 10), 10), "self.all(x, x['y'].required == 'z')", 72),
        (many(keyed(NAMED)), "self.all(x, x['y'].required == 'z')", 7340027),
        (many(TIME), "self[2].getMinutes() == 45", 4),
        (many(TEXT), "self.join(' ') == 'aa bb'", 329853068905),
        (many(text(10), 10), "self.join(' ') == 'aa bb'", 43),
        (many(TEXT), "self.isSorted() == true", 329854432052),
        (many(text(10), 10), "self.isSorted() == true", 52),
        (keyed(NUMBER), "oldSelf.size() == self.size()", 5),
        (keyed(TIME), "self['a'] == self['b']", 8),
        (EITHER, "isQuantity(self)", 314574),
        ({**EITHER, "maxLength": 20}, "isQuantity(self)", 9),
    ],
)
def test_a_cost_is_that_of_the_api_server(schema: Schema, rule: str, cost: int) -> None:
    bound = bound_of(schema)
    assert bound is not None
    assert expression_cost(rule, bound) == cost


def costs(schema: Schema) -> list[tuple[str, int, str]]:
    return [(each.path, each.cost, each.unbounded) for each in rule_costs(schema)]


def ruled(schema: Schema, rule: str = "self == 'x'") -> Schema:
    return {**schema, "x-kubernetes-validations": [{"rule": rule}]}


def test_a_rule_costs_as_often_as_its_lists_and_maps_have_items() -> None:
    inner = {"type": "object", "properties": {"tags": keyed(ruled(TEXT), 4)}}
    schema = {"type": "object", "properties": {"parts": many(inner, 3)}}
    assert costs(schema) == [("parts[].tags{}", 2 * 3 * 4, "")]


def test_without_a_bound_a_rule_costs_as_often_as_a_request_has_room() -> None:
    schema = {"type": "object", "properties": {"parts": many(keyed(ruled(TEXT), 4))}}
    assert costs(schema) == [("parts[]{}", 2 * (3 * 1024 * 1024 // 3), "parts")]


def test_the_expression_of_a_message_costs_too() -> None:
    both = {"rule": "self == 'x'", "messageExpression": "'not ' + self"}
    schema = {**text(10), "x-kubernetes-validations": [both]}
    assert costs({"type": "object", "properties": {"a": schema}}) == [("a", 2, ""), ("a", 6, "")]


def test_fields_are_found_by_their_names_in_cel() -> None:
    schema = {"type": "object", "properties": {"namespace": text(10), "x-y": text(10)}}
    bound = bound_of(schema)
    assert bound is not None
    assert expression_cost("self.__namespace__.contains(self.x__dash__y)", bound) == 20


@pytest.mark.parametrize("rule", ["self.", "self == ", "(self", "self ? 1", "#", "self 'a'", ""])
def test_what_is_not_cel_has_no_cost(rule: str) -> None:
    with pytest.raises(CelSyntaxError):
        parsed(rule)
    assert costs(ruled(TEXT, rule)) == []


def test_deep_nesting_has_no_cost() -> None:
    with pytest.raises(CelSyntaxError, match="nested more than 60 levels"):
        parsed("(" * 1000 + "self" + ")" * 1000)


def test_operators_bind_as_in_cel() -> None:
    def both(sign: str, *parts: Any) -> CelCall:
        return CelCall(sign, parts)

    a, b, c = (CelName(each) for each in "abc")
    assert parsed("a || b && c") == both("||", a, both("&&", b, c))
    assert parsed("a + b * c == c") == both("==", both("+", a, both("*", b, c)), c)
    assert parsed("a ? b : c ? a : b") == both("?:", a, b, both("?:", c, a, b))
    assert parsed("!a.b") == both("!", CelSelect(a, "b"))
    assert parsed("-1 in [a]").function == "in"  # type: ignore[union-attr]
    assert parsed(r"r'\d' + 'a\n'") == both("+", CelLiteral(2), CelLiteral(2))
    assert parsed("a.?b[?0].orValue('')") == CelCall(
        "orValue", (CelLiteral(0),), both("[?]", CelSelect(a, "b", optional=True), CelLiteral())
    )


def test_no_rule_of_the_bindings_is_over_the_limit() -> None:
    """All of these definitions are installed in clusters, so the API server accepts them."""
    folder = Path(__file__).parents[2] / "imports" / "kubeapis"
    seen = 0
    for kind in read_index(folder):
        if not kind.builtin:
            text = (folder / kind.schema).read_text(encoding="utf-8")
            for cost in rule_costs(expanded(json.loads(text))):
                seen += 1
                assert cost.cost <= RULE_LIMIT, (kind.group, kind.kind, cost)
    assert seen > 1000


def test_long_chains_are_read() -> None:
    bound = bound_of(text(10))
    assert bound is not None
    assert expression_cost(" || ".join(["self == 'a'"] * 900), bound) == 1800
    assert expression_cost(" + ".join(["self"] * 900), bound) is None
