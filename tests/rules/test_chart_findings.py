"""Findings about what charts make name template, chart and values, and have a limited severity."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin
from kubestrata.core.waiver import Waiver
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import RENDERED, Report, check_tree
from kubestrata.rules.formats import as_text
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Severity, Violation
from tests.gitops.chart_repository import CONFIG, WORKLOAD, chart, charts_tree, release

TODAY = date(2026, 1, 1)
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
ROUTE = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop}
spec: {rules: [{backendRefs: [{name: webs, port: 80}]}]}
"""


def checked(tree: ClusterTree, *waivers: Waiver) -> Report:
    return check_tree(tree, all_rules(), waivers, TODAY)


def of_rule(report: Report, *rules: str) -> list[Violation]:
    """Return the violations of some rules, without those of the sync itself."""
    found = (each for each in report.violations if each.rule in rules)
    return [each for each in found if each.finding.object.namespace != "flux-system"]


def texts(report: Report, *rules: str) -> list[str]:
    return [
        f"{each.severity.value} {each.finding.object} {each.finding.text}"
        for each in of_rule(report, *rules)
    ]


def waiver(rule: str, identity: Identity) -> Waiver:
    origin, expires = Origin("waivers.yaml", 1), date(2026, 6, 1)
    return Waiver(rule, identity, "the chart is old", "shop", expires, origin, "home")


RELEASE = Identity("helm.toolkit.fluxcd.io", "HelmRelease", "shop", "web")
TYPO = {
    "values.yaml": "service: {port: 80, kind: ClusterIP}\n",
    "templates/service.yaml": """apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: {{ .Values.service.kind }}
  ports:
  - port: {{ .Values.service.port }}
""",
}


def test_an_error_names_template_chart_and_values(tmp_path: Path) -> None:
    chart(tmp_path, TYPO)
    report = checked(charts_tree(tmp_path, release("  values: {service: {port: http}}\n")))
    (found,) = of_rule(report, "V01")
    assert found.severity is Severity.ERROR
    assert str(found.finding.place) == "clusters/home/all.yaml:6"
    origin = found.finding.chart
    assert origin is not None
    assert (origin.release, origin.values) == (RELEASE, "service.port")
    assert found.finding.text.endswith(
        "(template web/templates/service.yaml of chart web 1.2.3, values service.port)"
    )
    assert found.finding.fix


def test_a_finding_without_a_fix_tells_which_values_to_set(tmp_path: Path) -> None:
    chart(tmp_path, TYPO)
    report = checked(charts_tree(tmp_path, release("  values: {service: {port: 70000}}\n")))
    (found,) = of_rule(report, "V05")
    assert found.finding.path == "spec.ports[0].port"
    assert found.finding.fix == "set service.port in the values of web"


def test_values_of_sub_charts_have_their_prefix(tmp_path: Path) -> None:
    needs = """dependencies:
- {name: db, version: 1.0.0}
- {name: cache, version: 1.0.0, alias: store}
"""
    service = """apiVersion: v1
kind: Service
metadata: {name: NAME}
spec:
  ports:
  - port: {{ .Values.port }}
"""
    files = {"values.yaml": "db: {port: 70000}\nstore: {port: 70001}\n"}
    for name in ("db", "cache"):
        facts = f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
        files[f"charts/{name}/Chart.yaml"] = facts
        files[f"charts/{name}/templates/service.yaml"] = service.replace("NAME", name)
    chart(tmp_path, files, facts=needs)
    found = of_rule(checked(charts_tree(tmp_path, release())), "V05")
    fixes = {each.finding.object.name: each.finding.fix for each in found}
    assert fixes == {
        "db": "set db.port in the values of web",
        "cache": "set store.port in the values of web",
    }


def test_good_practice_is_a_warning_at_most_in_charts(tmp_path: Path) -> None:
    privileged = WORKLOAD.replace(
        "name: web, image", "securityContext: {privileged: true}, name: web, image"
    )
    own = privileged.replace("name: web}", "name: own, namespace: shop}").partition("---")[0]
    chart(tmp_path, {"templates/workload.yaml": privileged})
    report = checked(charts_tree(tmp_path, NAMESPACE, own, release()))
    found = {each.finding.object.name: each.severity for each in of_rule(report, "P05")}
    assert found == {"own": Severity.ERROR, "web": Severity.WARNING}


def test_a_reference_to_what_a_rendered_chart_does_not_make_is_an_error(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/workload.yaml": WORKLOAD})
    report = checked(charts_tree(tmp_path, NAMESPACE, ROUTE, release()))
    (text,) = texts(report, "R02")
    assert text.startswith("error HTTPRoute.gateway.networking.k8s.io shop/web ")
    assert text.endswith(".backendRefs[0].name: no Service webs in namespace shop")
    hidden = checked(charts_tree(tmp_path, NAMESPACE, ROUTE, release(version="1.2.4")))
    assert not texts(hidden, "R02")


def test_one_release_that_is_not_rendered_is_enough_for_silence(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/workload.yaml": WORKLOAD})
    other = release(name="other", version="9.9.9")
    report = checked(charts_tree(tmp_path, NAMESPACE, ROUTE, release(), other))
    assert not texts(report, "R02")
    elsewhere = release("  targetNamespace: apps\n", name="other", version="9.9.9")
    report = checked(charts_tree(tmp_path, NAMESPACE, ROUTE, release(), elsewhere))
    assert len(texts(report, "R02")) == 1


def test_references_of_charts_to_the_tree_are_checked(tmp_path: Path) -> None:
    reading = WORKLOAD.replace(
        "image: ", "envFrom: [{secretRef: {name: {{ .Values.login }}}}], image: "
    )
    chart(tmp_path, {"values.yaml": "login: web\n", "templates/workload.yaml": reading})
    report = checked(charts_tree(tmp_path, NAMESPACE, release()))
    (text,) = texts(report, "R06")
    assert "nothing creates Secret web in namespace shop" in text
    assert "template web/templates/workload.yaml of chart web 1.2.3" in text
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\n"
    assert not texts(checked(charts_tree(tmp_path, NAMESPACE, secret, release())), "R06")


def test_the_definitions_of_a_chart_validate_objects_of_the_tree(tmp_path: Path) -> None:
    definition = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: queues.queues.example.org}
spec:
  group: queues.example.org
  scope: Namespaced
  names: {plural: queues, singular: queue, kind: Queue, listKind: QueueList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {size: {type: integer}}}
"""
    queue = """apiVersion: queues.example.org/v1
kind: Queue
metadata: {name: orders, namespace: shop}
spec: {size: 3, removed: true}
"""
    for at in ("crds", "templates"):
        chart(tmp_path / at, {f"{at}/queue.yaml": definition})
        report = checked(charts_tree(tmp_path / at, NAMESPACE, queue, release()))
        assert texts(report, "V01") == [
            "error Queue.queues.example.org shop/orders spec.removed: unknown field; there are size"
        ]
        assert not texts(report, "G05", "V04")


SIZED = CONFIG + "data: {size: {{ .Values.a.size | quote }}}\n"


def test_values_that_do_not_fit_the_schema_have_their_path(tmp_path: Path) -> None:
    schema = (
        '{"type": "object", "properties": {"a": {"properties": {"size": {"type": "integer"}}}}}'
    )
    chart(tmp_path, {"values.schema.json": schema, "templates/config.yaml": SIZED})
    report = checked(charts_tree(tmp_path, NAMESPACE, release("  values: {a: {size: big}}\n")))
    (text,) = texts(report, "V06")
    assert text.startswith(f"error {RELEASE} spec.values.a.size: ")
    assert not texts(report, "V11")
    fits = checked(charts_tree(tmp_path, NAMESPACE, release("  values: {a: {size: 3}}\n")))
    assert not texts(fits, "V06", "V11", "V08")


def test_a_waiver_of_the_release_covers_what_its_chart_makes(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/workload.yaml": WORKLOAD})
    tree = charts_tree(tmp_path, NAMESPACE, release())
    found = [each.finding.object.name for each in of_rule(checked(tree), "P01")]
    assert found == ["web"]
    report = checked(tree, waiver("P01", RELEASE))
    assert [each.violation.finding.object.kind for each in report.waived] == ["Deployment"]
    assert not texts(report, "P01", "W01")


def test_a_waiver_of_one_object_of_a_chart_covers_that_one(tmp_path: Path) -> None:
    other = WORKLOAD.replace("web", "other")
    chart(tmp_path, {"templates/workload.yaml": f"{WORKLOAD}---\n{other}"})
    tree = charts_tree(tmp_path, NAMESPACE, release())
    report = checked(tree, waiver("P01", Identity("apps", "Deployment", "shop", "web")))
    assert [each.finding.object.name for each in of_rule(report, "P01")] == ["other"]


def test_a_waiver_of_a_release_is_needed_only_where_its_chart_was_rendered(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/config.yaml": CONFIG})
    rendered = checked(charts_tree(tmp_path, NAMESPACE, release()), waiver("P01", RELEASE))
    assert texts(rendered, "W01") == [f"error {RELEASE} waiver of P01 is not needed"]
    hidden = charts_tree(tmp_path, NAMESPACE, release(version="1.2.4"))
    assert not texts(checked(hidden, waiver("P01", RELEASE)), "W01")


def test_releases_that_are_not_rendered_are_counted(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/config.yaml": CONFIG})
    tree = charts_tree(tmp_path, NAMESPACE, release(), release(name="other", version="1.2.4"))
    found = [(each.what, each.why) for each in checked(tree).unchecked]
    why = "not rendered: its chart is not in the store; run `kubestrata import --charts`"
    assert (str(RELEASE._replace(name="other")), why) in found
    assert not [each for each in found if each[0] == str(RELEASE)]
    required = check_tree(tree, (*all_rules(), RENDERED), (), TODAY)
    assert texts(required, "T03") == [
        f"error {RELEASE._replace(name='other')} {why.removeprefix('not rendered: ')}"
    ]


def _text(report: Report, *, verbose: bool = False, by_rule: bool = False) -> str:
    made = as_text.lines([report], verbose=verbose, by_rule=by_rule)
    return "".join("".join(span.text for span in line) + "\n" for line in made)


def test_text_counts_what_a_rule_finds_in_a_release(tmp_path: Path) -> None:
    two = WORKLOAD + "---\n" + WORKLOAD.replace("name: web", "name: other")
    chart(tmp_path, {"templates/all.yaml": two})
    report = checked(charts_tree(tmp_path, NAMESPACE, release()))
    rules = ("P33", "P34", "P35")
    assert len(of_rule(report, *rules)) == 6
    verbose = _text(report, verbose=True)
    lines = [each for each in verbose.splitlines() if any(f" {rule} " in each for rule in rules)]
    assert [each.partition(":")[0] for each in lines] == [
        f"  warning {rule} 2 times in 2 objects of chart web 1.2.3" for rule in rules
    ]
    assert f"home: {RELEASE}\n" in verbose
    by_rule = _text(report, by_rule=True)
    assert by_rule.count("resources.limits.memory") == 2


def test_a_port_that_a_chart_does_not_declare_is_a_note_beside_one_that_it_does(
    tmp_path: Path,
) -> None:
    metrics = "  - {name: metrics, port: 81, targetPort: 9090}\n"
    chart(tmp_path, {"templates/all.yaml": WORKLOAD + metrics})
    (found,) = of_rule(checked(charts_tree(tmp_path, release())), "R04")
    assert found.severity is Severity.NOTE
    alone = WORKLOAD.replace("targetPort: http", "targetPort: 9090")
    chart(tmp_path, {"templates/all.yaml": alone})
    (found,) = of_rule(checked(charts_tree(tmp_path, release())), "R04")
    assert found.severity is Severity.WARNING
