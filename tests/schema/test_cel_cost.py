"""A rule that would take too long is not evaluated, and is counted; all others are."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata.schema import cel_cost
from kubestrata.schema.cel_cost import CelBudget, refused, shape_of
from kubestrata.schema.cel_rule import CelPlan, UncheckedRule

LOOP = "self.all(a, self.all(b, self.all(c, a != b || b != c || a == c)))"


def _noted(rule: str, value: Any) -> list[str]:
    plan, noted = CelPlan({"x-kubernetes-validations": [{"rule": rule}]}), set[UncheckedRule]()
    assert list(plan.faults(value, noted)) == []
    return sorted(each.why for each in plan.unchecked | noted)


@pytest.mark.parametrize(
    "rule",
    [
        " || ".join(["self.s == 1"] * 20_000),
        "self" + ".s" * 20_000,
        "(" * 3_000 + "true" + ")" * 3_000,
        "[" * 251 + "]" * 251 + " == []",
        "!" * 20_000 + "true",
        "true ? true : " * 5_000 + "true",
        "'" + "a" * 20_000 + "' == self.s",
    ],
)
def test_a_rule_that_is_too_large_is_not_compiled(rule: str) -> None:
    (why,) = _noted(rule, {"s": 1})
    assert why.startswith(("is longer than", "has more than", "is nested more than"))


@pytest.mark.parametrize("size", [0, 1, 50])
def test_nested_loops_over_a_few_items_are_evaluated(size: int) -> None:
    assert _noted(LOOP, list(range(size))) == []


@pytest.mark.parametrize(
    "rule",
    [
        LOOP,
        "self.map(a, self.map(b, self)).size() > 0",
        "self.map(a, self).flatten().map(a, self).flatten().all(a, true)",
        "self.exists(a, r'\\' == '' || self.exists(b, self.exists(c, a + b + c < 0)))",
        "'' != '''it's''' && self.all(a, self.all(b, self.all(c, true)))",
        "lists.range(100000).all(a, lists.range(100000).all(b, true))",
        "self.all(a, (self + self + self).all(b, self.all(c, true)))",
    ],
)
def test_nested_loops_over_many_items_are_counted_instead(rule: str) -> None:
    (why,) = _noted(rule, list(range(2_000)))
    assert why == "would take more steps than the API server allows"


@pytest.mark.parametrize("rule", ["sets.contains(self, self)", "self.distinct().size() > 0"])
def test_functions_that_compare_all_with_all_are_loops_too(rule: str) -> None:
    assert _noted(rule, list(range(50))) == []
    (why,) = _noted(rule, list(range(5_000)))
    assert why == "would take more steps than the API server allows"


def test_one_loop_over_many_items_is_evaluated() -> None:
    assert _noted("self.all(a, a >= 0)", list(range(10_000))) == []


@pytest.mark.parametrize(
    "rule",
    [
        "self.s.replace('', self.s).size() > 0",
        "lists.range(2000000).size() > 0",
        "'%.9000000f'.format([1.0]) != ''",
    ],
)
def test_a_result_that_is_too_long_is_counted_instead(rule: str) -> None:
    (why,) = _noted(rule, {"s": "a" * 5_000})
    assert "1000000" in why


def test_a_pattern_that_backtracks_elsewhere_is_searched() -> None:
    assert _noted("self.find('(a+)+$') == ''", "a" * 50_000 + "b") == []
    assert _noted("self.findAll('(a|aa)+c').size() == 0", "a" * 50_000) == []


def test_a_pattern_that_go_rejects_is_counted() -> None:
    (why,) = _noted("self.find('(?=a)') == ''", "a")
    assert "invalid perl operator" in why


def test_text_with_code_in_it_has_no_loops() -> None:
    assert shape_of("self == 'a.all(b, c.all(d, e))'").loops == 0
    assert shape_of('self == "\\".all(b, c)"').loops == 0
    assert shape_of("self.all(a, a.all(b, b)) && self.all(c, c)").loops == 2
    assert refused(LOOP) == ""


def test_all_rules_of_a_cluster_share_a_time_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cel_cost, "_SECONDS", 0)
    plan, noted = CelPlan({"x-kubernetes-validations": [{"rule": LOOP}]}), set[UncheckedRule]()
    assert list(plan.faults(list(range(60)), noted, CelBudget())) == []
    assert [each.why for each in noted] == [
        "the rules of this cluster take more than 0 seconds together"
    ]
