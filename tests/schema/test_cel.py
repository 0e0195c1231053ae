"""CEL rules are evaluated as the API server does, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata.schema.cel_read import chains, reads
from kubestrata.schema.cel_rule import CelPlan, UncheckedRule
from kubestrata.schema.fault import Fault


def plan(*rules: str, **schema: Any) -> CelPlan:
    return CelPlan({"x-kubernetes-validations": [{"rule": rule} for rule in rules], **schema})


def broken(rule: str, value: object) -> list[Fault]:
    checked, noted = plan(rule), set[UncheckedRule]()
    found = list(checked.faults(value, noted))
    assert not checked.unchecked | noted
    return found


@pytest.mark.parametrize(
    "rule",
    [
        "isIP('10.0.0.1') && isIP('fe80::1') && !isIP('10.0.0.')",
        "ip('10.0.0.1').family() == 4 && ip('::1').isLoopback()",
        "ip('2001:db8::1') == ip('2001:DB8:0::1') && ip.isCanonical('127.0.0.1')",
        "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0')",
        "cidr('10.0.0.0/8').containsIP('10.1.1.1') && !cidr('10.0.0.0/8').containsIP('11.0.0.1')",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.0.0.0/8').prefixLength() == 8",
        "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
        "cidr('10.1.2.3/8').ip() == ip('10.1.2.3')",
        "isURL('https://example.org/a') && isURL('/a') && !isURL('a b') && !isURL('example.org')",
        "url('https://example.org:80/c?x=1').getHost() == 'example.org:80'",
        "url('https://[::1]:80/c').getHostname() == '::1' && url('https://a/c').getPort() == ''",
        "url('https://example.org/c?x=1').getQuery()['x'][0] == '1'",
        "quantity('1Gi').isGreaterThan(quantity('1000Mi')) && quantity('500m') == quantity('0.5')",
        "quantity('1').add(quantity('2')).compareTo(quantity('3')) == 0",
        "isQuantity('20Mi') && !isQuantity('20Mo') && quantity('1k').asInteger() == 1000",
        "'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c']",
        "['a', 'b'].join('-') == 'a-b' && 'hello'.substring(1, 3) == 'el'",
        "'hello'.replace('l', 'L') == 'heLLo' && 'hello'.replace('l', 'L', 1) == 'heLlo'",
        "'%s is %d, %.2f'.format(['a', 3, 1.5]) == 'a is 3, 1.50'",
        "'abc'.matches('^a.c$') && 'ab12'.find('[0-9]+') == '12' && 'ab'.find('[0-9]') == ''",
        "'a1b2'.findAll('[0-9]') == ['1', '2'] && 'a1b2'.findAll('[0-9]', 1) == ['1']",
        "'AbC'.lowerAscii() == 'abc' && 'AbC'.upperAscii() == 'ABC' && ' a '.trim() == 'a'",
        "'abca'.indexOf('a', 1) == 3 && 'abca'.lastIndexOf('a') == 3 && [1, 2, 1].indexOf(1) == 0",
        "[1, 2, 2].isSorted() && ![2, 1].isSorted() && [1, 2, 1].lastIndexOf(1) == 2",
        "[1, 2, 3].sum() == 6 && [3, 1].max() == 3 && [3, 1].min() == 1",
        "duration('1h') > duration('59m') && duration('90s').getSeconds() == 90",
        "timestamp('2024-01-01T00:00:00Z') < timestamp('2025-01-01T00:00:00Z')",
    ],
)
def test_functions_of_kubernetes_are_known(rule: str) -> None:
    assert broken(rule, {}) == []
    assert broken(f"!({rule})", {}) != []


def test_a_broken_rule_reports_the_values_of_its_fields() -> None:
    found = broken("!(has(self.a) && has(self.b)) && self.kind == 'x'", {"a": {}, "kind": "y"})
    assert found == [
        Fault(
            "",
            "the rule `!(has(self.a) && has(self.b)) && self.kind == 'x'` does not hold:"
            " a is set, b is not set, kind is 'y'",
        )
    ]


def test_every_location_with_a_rule_is_checked() -> None:
    rules = [{"rule": "self.a < 3", "fieldPath": ".a"}]
    item = {"properties": {"a": {"type": "integer"}}, "x-kubernetes-validations": rules}
    schema = {"properties": {"list": {"items": item}, "map": {"additionalProperties": item}}}
    value = {"list": [{"a": 1}, {"a": 4}], "map": {"x/y": {"a": 5}, "z": {"a": 0}}}
    found = sorted(each.path for each in CelPlan(schema).faults(value, set()))
    assert found == ["list[1].a", 'map["x/y"].a']


def test_an_absent_field_breaks_a_rule_that_needs_it() -> None:
    message = "the rule `self.a > 1` needs a, which is not set"
    assert broken("self.a > 1", {"b": 1}) == [Fault("", message)]
    assert broken("self.a > 1 || true", {}) == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("unheardOf(self.a)", "calls unheardOf, which is not supported here"),
        ("self.?a.orValue(1) == 1", "unsupported syntax '.?'"),
        ("self.a.__dash__b", "names fields in a form that is not supported here"),
        ("authorizer.group('').check('get')", "calls check, group, which is not supported here"),
        ("self.a + 'x' == 'x'", "No such overload"),
        ("size(self.text) < 2", "counts characters outside ASCII"),
    ],
)
def test_an_unsupported_rule_is_counted_and_not_a_violation(rule: str, why: str) -> None:
    checked, noted = plan(rule), set[UncheckedRule]()
    for _ in range(2):
        assert list(checked.faults({"a": 1, "text": "é"}, noted)) == []
    assert [each.why.startswith(why) for each in checked.unchecked | noted] == [True]


def test_transition_rules_are_not_evaluated_on_creation() -> None:
    checked = plan("self == oldSelf", "!has(oldSelf.a) || has(self.a)")
    assert list(checked.faults({"a": 1}, set())) == []
    assert not checked.unchecked


def test_reserved_words_are_fields() -> None:
    assert broken("has(self.__namespace__) && self.__if__ == 1", {"namespace": "x", "if": 1}) == []


def test_durations_and_times_are_more_than_text() -> None:
    schema = {
        "properties": {
            "wait": {"type": "string", "format": "duration"},
            "at": {"type": "string", "format": "date-time"},
        }
    }
    checked = plan(
        "self.wait >= duration('1m') && self.at > timestamp('2024-01-01T00:00:00Z')", **schema
    )
    noted = set[UncheckedRule]()
    assert not list(checked.faults({"wait": "90s", "at": "2024-05-01T00:00:00Z"}, noted))
    assert len(list(checked.faults({"wait": "30s", "at": "2024-05-01T00:00:00Z"}, noted))) == 1
    assert not checked.unchecked | noted


def test_rules_skip_a_null() -> None:
    assert broken("self.a == 1", None) == []


def test_only_fields_in_rules_are_converted() -> None:
    read = reads(["has(self.a) && self.b.c == 1", "!has(self.d.e) || self.d.e.size() == 1"])
    value = {"a": {"big": 1}, "b": {"c": 1, "x": 2}, "d": {"e": [1], "y": 3}, "z": 1}
    assert read.of(value) == {"a": True, "b": {"c": 1}, "d": {"e": [1]}}


def test_a_bare_self_is_read_whole() -> None:
    assert list(chains("self.all(x, self[x] > 0) && oldSelf.a == 1")) == [((), False), ((), False)]
    value = {"a": 1, "b": {"c": 2}}
    assert reads(["self.all(x, x != '')", "has(self.a)"]).of(value) == value
