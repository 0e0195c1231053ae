"""Alerting rules for either operator."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Duration, KubestrataError
from kubestrata.constructs.observability import (
    Alert,
    AlertEvaluation,
    AlertRules,
    Evaluation,
    Monitoring,
    Record,
    Results,
    RuleGroup,
)
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.observability.world import (
    KINDS,
    NAMES,
    cluster,
    prometheus,
    shop,
    victoria,
)
from tests.small_platform import config_map, manifest, new_component

either = pytest.mark.parametrize("monitoring", KINDS, ids=NAMES)


def alert(**changes: object) -> Alert:
    given: dict[str, object] = {
        "name": "ShopIsDown",
        "expression": 'up{job="shop"} == 0',
        "severity": "critical",
        "summary": "{{ $labels.pod }} does not answer",
    }
    return Alert(**(given | changes))  # type: ignore[arg-type]  # single fields are changed


@either
def test_rules_minimal(monitoring: Callable[[], Monitoring], manifests: SnapshotAssertion) -> None:
    component = shop(monitoring())
    AlertRules(component, "shop", groups=[RuleGroup("shop", [alert()])])
    assert rendered(component) == manifests
    assert faults(component) == []


@either
def test_rules_full(monitoring: Callable[[], Monitoring], manifests: SnapshotAssertion) -> None:
    component = shop(monitoring())
    full = alert(
        description="Since {{ $value }} s.\nLook at its logs.",
        for_=Duration("5m"),
        keep_firing_for=Duration("10m"),
        labels={"team": "shop"},
        runbook="https://example.com/runbooks/shop",
    )
    rate = Record(
        name="shop:requests:rate5m",
        expression="sum by (code) (rate(http_requests_total[5m]))",
        labels={"team": "shop"},
    )
    group = RuleGroup("shop", [rate, full], interval=Duration("30s"))
    AlertRules(component, "shop", groups=[group, RuleGroup("more", [alert(severity="info")])])
    assert rendered(component) == manifests
    assert faults(component) == []


@either
def test_expressions_are_kept_to_the_letter(monitoring: Callable[[], Monitoring]) -> None:
    component = shop(monitoring())
    text = 'sum(\n  rate(x{a=~"(b|c)[0-9]{2}", d!=`}`}[5m])\n) # why\n  > 1'
    rules = AlertRules(component, "shop", groups=[RuleGroup("shop", [alert(expression=text)])])
    assert rules.resource.body["spec"]["groups"][0]["rules"][0]["expr"] == text


@either
def test_dollars_survive_where_flux_substitutes(monitoring: Callable[[], Monitoring]) -> None:
    made = cluster(monitoring(), placeholders=("region",))
    component = new_component(made, "shop")
    text = 'label_replace(up, "app", "${1}", "pod", "(.*)-$1") == 0'
    rules = AlertRules(component, "shop", groups=[RuleGroup("shop", [alert(expression=text)])])
    config_map(component, region=f"in {made.placeholder('region')}")
    kind = rules.resource.kind.lower()
    written = manifest(made, f"apps/shop/shop-{kind}.yaml")["spec"]["groups"][0]["rules"][0]
    assert written["expr"] == text.replace("${1}", "$${1}")
    assert written["annotations"]["summary"] == "{{ $labels.pod }} does not answer"


def test_rules_over_logs_have_a_separate_evaluator(
    manifests: SnapshotAssertion,
) -> None:
    component = shop(victoria())
    logs = AlertEvaluation(
        component,
        "logs",
        evaluation=Evaluation(
            source="http://logs.monitoring.svc:9428",
            notifier="http://alertmanager.monitoring.svc:9093",
            results=Results("http://metrics:8428", "http://metrics:8428"),
            language="logs",
            interval=Duration("1m"),
        ),
    )
    query = "level:error | stats by (app) count() as errors | filter errors:>10"
    group = RuleGroup("shop-logs", [alert(expression=query)], language="logs")
    rules = AlertRules(component, "shop", groups=[group], evaluator=logs.evaluator)
    (evaluation,) = objects(component, "VMAlert")
    wanted = evaluation["spec"]["ruleSelector"]["matchLabels"]
    assert wanted.items() <= rules.resource.body["metadata"]["labels"].items()
    assert rendered(component) == manifests
    assert faults(component) == []


def test_rules_of_a_second_api_are_beside_those_of_the_cluster() -> None:
    component = shop(victoria())
    groups = [RuleGroup("shop", [alert()])]
    AlertRules(component, "shop", groups=groups)
    AlertRules(component, "shop-too", groups=groups, monitoring=prometheus())
    (own,), (other,) = objects(component, "VMRule"), objects(component, "PrometheusRule")
    assert own["spec"]["groups"] == other["spec"]["groups"]


def test_prometheus_has_no_additional_evaluator() -> None:
    component = shop(prometheus())
    evaluation = Evaluation(source="http://logs:9428", notifier="http://alertmanager:9093")
    with pytest.raises(KubestrataError, match="which evaluates the rules itself") as caught:
        AlertEvaluation(component, "logs", evaluation=evaluation)
    assert caught.value.fix is not None
    assert caught.value.fix.startswith("provide VictoriaMetrics(...)")


def test_prometheus_has_no_rules_over_logs() -> None:
    group = RuleGroup("shop", [alert()], language="logs")
    with pytest.raises(KubestrataError, match="RuleGroup 'shop': is over logs"):
        AlertRules(shop(prometheus()), "shop", groups=[group])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "shop is down"}, "Alert.name"),
        ({"severity": "urgent"}, "Alert.severity"),
        ({"summary": "  "}, "summary of ShopIsDown: is empty"),
        ({"summary": "{{ $labels.pod is down"}, "has unbalanced braces"),
        ({"expression": " "}, "expression of ShopIsDown: is empty"),
        ({"labels": {"a-b": "c"}}, "label 'a-b' of ShopIsDown: is not a valid label name"),
        (
            {"labels": {"__name__": "c"}},
            "label '__name__' of ShopIsDown: is not a valid label",
        ),
        ({"labels": {"severity": "info"}}, "severity of ShopIsDown: is set twice"),
    ],
)
def test_invalid_rules_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(KubestrataError) as caught:
        alert(**changes)
    assert message in str(caught.value)
    assert __file__.rpartition("/")[2] in caught.value.where


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("sum(rate(x[5m])", "expression of ShopIsDown: has an unclosed '('"),
        ('x{a="b"}} > 1', "has an unmatched closing '}'"),
        ("sum(x]", "has an unmatched closing ']'"),
    ],
)
def test_unbalanced_brackets_in_metrics_queries_are_refused(expression: str, message: str) -> None:
    with pytest.raises(KubestrataError) as caught:
        RuleGroup("shop", [alert(expression=expression)])
    assert message in str(caught.value)


@pytest.mark.parametrize("expression", ['x{a="("} > 1 # (why', "x{a=~`[)]`} > 1"])
def test_brackets_in_quotes_and_comments_are_text(expression: str) -> None:
    assert RuleGroup("shop", [alert(expression=expression)]).rules[0].expression == expression


def test_ranges_over_logs_may_be_half_open() -> None:
    rule = alert(expression="duration:range(1, 10] | stats count() as slow | filter slow:>0")
    assert RuleGroup("shop", [rule], language="logs").language == "logs"


def test_groups_have_rules_and_unique_names() -> None:
    with pytest.raises(KubestrataError, match="RuleGroup 'shop': has no rules"):
        RuleGroup("shop", [])
    with pytest.raises(KubestrataError, match="has no name"):
        RuleGroup(" ", [alert()])
    component = shop(victoria())
    with pytest.raises(KubestrataError, match="AlertRules: has no groups"):
        AlertRules(component, "none", groups=[])
    twice = [RuleGroup("shop", [alert()]), RuleGroup("shop", [alert()])]
    with pytest.raises(KubestrataError, match="RuleGroup 'shop': appears twice"):
        AlertRules(component, "twice", groups=twice)
