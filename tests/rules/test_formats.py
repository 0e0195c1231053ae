"""A report in each format: nothing is lost, and nothing in it becomes markup or commands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.origin import Origin
from kubestrata.core.plain_text import RED, Span
from kubestrata.core.waiver import Waiver
from kubestrata.rules.engine import NO_SCHEMA, Report, check_tree
from kubestrata.rules.formats import as_github, as_json, as_junit, as_sarif, as_text
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, Unchecked
from kubestrata.rules.violation import Finding, Location, Severity

WEB = Identity("apps", "Deployment", "shop", "web")
API = Identity("apps", "Deployment", "shop", "api")
PLACE = Location("charts/web.py", 7)
HOSTILE = "a\n::error::b <c> & \x1b[31m %0A"
TODAY = date(2026, 1, 1)


def finding(identity: Identity, message: str, fix: str = "") -> Finding:
    return Finding(identity, PLACE, "spec.replicas", message, fix)


RULES = (
    Rule(
        "P01",
        "replicas are set",
        "the number of replicas is unknown",
        lambda _: [finding(WEB, HOSTILE, "set 2"), finding(API, "no replicas")],
    ),
    Rule(
        "P02",
        "names are short",
        "they are long",
        lambda _: [finding(WEB, "is long"), finding(WEB, "is long")],
        Severity.WARNING,
    ),
)


def waiver(expires: str = "2026-02-01", rule: str = "P01", cluster: str = "home") -> Waiver:
    origin = Origin("charts/api.py", 3)
    return Waiver(rule, API, "old", "team", date.fromisoformat(expires), origin, cluster)


def plain(lines: Iterable[Iterable[Span]]) -> str:
    return "".join("".join(span.text for span in line) + "\n" for line in lines)


def report(*waivers: Waiver) -> Report:
    subjects = [
        Subject(each, {"apiVersion": "apps/v1", "kind": "Deployment"}, PLACE) for each in (WEB, API)
    ]
    unchecked = [
        Unchecked("https://example.org/base", "is remote", Location("a/kustomization.yaml", 2))
    ]
    tree = ClusterTree("home", "1.35", subjects, unchecked=unchecked)
    return check_tree(tree, RULES, waivers, TODAY)


def test_violations_are_sorted_and_each_is_reported_once() -> None:
    found = [(each.rule, each.finding.object.name) for each in report().violations]
    assert found == [("P01", "api"), ("P01", "web"), ("P02", "web")]
    assert report().errors == 2


def test_a_waiver_hides_its_violation_and_nothing_else() -> None:
    found = report(waiver())
    assert [(each.rule, each.finding.object) for each in found.violations] == [
        ("P01", WEB),
        ("P02", WEB),
    ]
    assert [each.violation.finding.message for each in found.waived] == ["no replicas"]


def test_expired_and_unneeded_waivers_are_violations_at_their_line() -> None:
    expired = report(waiver("2025-12-31")).violations
    assert [str(each.finding.place) for each in expired if each.rule == "W01"] == [
        "charts/api.py:3"
    ]
    assert "expired on 2025-12-31" in expired[0].finding.message
    unneeded = report(waiver(rule="P02")).violations
    assert [each.finding.message for each in unneeded if each.rule == "W01"] == [
        "waiver of P02 is not needed"
    ]
    assert report(waiver(cluster="other")) == report()
    assert not [
        each for each in report(waiver(rule="P02", cluster="")).violations if each.rule == "W01"
    ]


def test_text_groups_by_object_or_by_rule() -> None:
    by_object = as_text.render([report(waiver())])
    assert "home: Deployment.apps shop/web\n  error P01 spec.replicas: a" in by_object
    assert "      fix: set 2\n" in by_object
    assert "home: not checked: https://example.org/base: is remote" in by_object
    summary = "2 objects checked, 1 errors, 1 warnings, 0 notes, 1 waived, 1 not checked\n"
    assert by_object.endswith(summary)
    by_rule = plain(as_text.lines([report()], by_rule=True))
    assert "home: P02 (they are long)\n  warning Deployment.apps shop/web" in by_rule
    spans = [span for line in as_text.lines([report()]) for span in line]
    assert Span("error", RED) in spans


def test_text_names_all_clusters_that_share_a_violation() -> None:
    home, away = report(), replace(report(), cluster="away")
    both = as_text.render([home, away])
    assert "home, away: Deployment.apps shop/web\n  error P01" in both
    assert both.count("error P01") == home.errors == 2
    assert "2 errors, 1 warnings" in both
    assert "\n1 warning P02: they are long\n" in both
    assert len(as_json.document([home, away])["violations"]) == 2 * len(home.violations)
    waived = as_text.render([home, replace(report(waiver()), cluster="away")])
    assert "home: Deployment.apps shop/api\n  error P01" in waived
    assert "home, away: Deployment.apps shop/web\n  error P01" in waived
    many = as_text.render([replace(home, cluster=f"c{number}") for number in range(7)])
    assert "c0, c1, c2, c3, c4 and 2 more: Deployment.apps shop/api\n" in many


def test_text_has_one_line_for_what_several_clusters_do_not_check() -> None:
    base = Unchecked("base", "is remote", Location("a.yaml", 2))
    again = replace(base, place=Location("b.yaml", 3))
    lone = replace(base, what="other")
    kinds = [
        Unchecked(f"Widget.example.org {name}", NO_SCHEMA, PLACE) for name in ("shop/a", "shop/b")
    ]
    home = replace(report(), unchecked=(base, again, *kinds), unchecked_rules=("rule",))
    away = replace(home, cluster="away", unchecked_keywords=("format",))
    far = replace(home, cluster="far", unchecked=(base, lone, kinds[0]), unchecked_rules=())
    text = plain(as_text.lines([home, away, far]))
    assert [line for line in text.splitlines() if "not checked: " in line] == [
        "home, away: not checked: base: is remote (a.yaml:2 and 1 more)",
        "home, away: not checked: example.org: 2 Widget: no schema describes it",
        "away: schema keyword not checked: format",
        "far: not checked: base: is remote (a.yaml:2)",
        "far: not checked: other: is remote (a.yaml:2)",
        "far: not checked: example.org: 1 Widget: no schema describes it",
    ]
    assert ", 5 not checked, 1 CEL rules" in text
    verbose = plain(as_text.lines([home, away, far], verbose=True))
    assert "home, away: not checked: base: is remote (a.yaml:2, b.yaml:3)\n" in verbose
    assert "home, away, far: not checked: Widget.example.org shop/a: no schema" in verbose
    assert "home, away: CEL rule not checked: rule\n" in verbose
    listed = as_json.document([home, away, far])["not_checked"]
    assert [each["cluster"] for each in listed] == ["home"] * 4 + ["away"] * 4 + ["far"] * 3


def test_json_has_an_entry_for_each_violation_and_the_counts() -> None:
    found = as_json.document([report(waiver())])
    assert found["violations"][0] == {
        "rule": "P01",
        "severity": "error",
        "cluster": "home",
        "object": "Deployment.apps shop/web",
        "path": "spec.replicas",
        "file": "charts/web.py",
        "line": 7,
        "calledFrom": None,
        "message": HOSTILE,
        "chart": None,
        "why": "the number of replicas is unknown",
        "fix": "set 2",
    }
    assert found["waived"][0]["expires"] == "2026-02-01"
    assert found["counts"]["not_checked"] == found["counts"]["waived"] == 1


def test_github_annotations_are_a_line_each() -> None:
    lines = as_github.render([report()], str).splitlines()
    assert len(lines) == 3
    title = "title=P01 Deployment.apps shop/web"
    assert lines[1].startswith(f"::error file=charts/web.py,line=7,{title}::spec.replicas: a%0A")
    assert "%250A" in lines[1]
    assert lines[2].startswith("::warning ")


def test_junit_fails_the_rules_that_have_errors() -> None:
    root = as_junit.document([report()], RULES)
    suite = root[0]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("home", "2", "1")
    assert "<c> &" in (suite[0][0].text or "")
    assert suite[1][0].tag == "system-out"


def test_sarif_names_rules_lines_and_stable_fingerprints() -> None:
    run = as_sarif.document([report()], RULES)["runs"][0]
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == ["P01", "P02"]
    result = run["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "charts/web.py"},
        "region": {"startLine": 7},
    }
    prints = {each["partialFingerprints"]["object/v1"] for each in run["results"]}
    assert len(prints) == 3


def test_unchecked_cel_rules_are_counted_and_listed_on_demand() -> None:
    schema = {"x-kubernetes-validations": [{"rule": "unknown(self)"}, {"rule": "self.a > 0"}]}
    whole = {"type": "object", "properties": {"spec": {"type": "object", **schema}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}}
    names = {"kind": "Widget", "plural": "widgets"}
    group = {"group": "example.org", "scope": "Cluster", "names": names, "versions": [version]}
    head = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    crd = {**head, "metadata": {"name": "widgets.example.org"}, "spec": group}
    widget = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "a"}}
    subjects = [Subject(identity_of(each), each, PLACE) for each in (crd, widget)]
    found = [check_tree(ClusterTree("home", "1.35", subjects), (), (), TODAY)]
    rule = "Widget v1: unknown(self): calls unknown, which is not supported here"
    assert as_text.render(found).endswith(" 0 not checked, 1 CEL rules not checked\n")
    assert f"home: CEL rule not checked: {rule}\n" in plain(as_text.lines(found, verbose=True))
    programs = as_json.document(found)
    assert programs["counts"]["cel_rules_not_checked"] == 1
    assert programs["cel_rules_not_checked"] == [{"cluster": "home", "rule": rule}]


def test_an_empty_report_has_counts() -> None:
    clean = check_tree(ClusterTree("home", "1.35", []), (), (), TODAY)
    summary = "0 objects checked, 0 errors, 0 warnings, 0 notes, 0 waived, 0 not checked\n"
    assert as_text.render([clean]) == summary
    assert as_json.document([clean])["violations"] == []
    assert as_github.render([clean], str) == ""
