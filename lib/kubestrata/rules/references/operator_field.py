"""R13: objects in fields of operators' kinds exist; selectors of Flux and Grafana select some."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import known, values
from kubestrata.rules.link.reference import check_references
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.link.unfollowed import foreign, unfollowed
from kubestrata.rules.link.unseen import composed, hidden
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import selects
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_BUILT_IN = re.compile(r"__expr__$|grafana$|-- \w+ --$")
"""Data sources of Grafana itself."""
_GRAFANA = "grafana.integreatly.org"
_IMAGE = "image.toolkit.fluxcd.io"
_SELECTING = (
    "GrafanaAlertRuleGroup",
    "GrafanaContactPoint",
    "GrafanaDashboard",
    "GrafanaDatasource",
    "GrafanaFolder",
    "GrafanaLibraryPanel",
    "GrafanaMuteTiming",
    "GrafanaNotificationPolicy",
    "GrafanaNotificationTemplate",
)


def _check(tree: ClusterTree) -> Iterator[Finding]:
    yield from check_references(tree, references(tree, "R13"))
    for subject in tree.of_kind(_GRAFANA, *_SELECTING):
        yield from _instance(tree, subject)
    for automation in tree.of_kind(_IMAGE, "ImageUpdateAutomation"):
        yield from _policies(tree, automation)
    names = tree.once(_datasources)
    for dashboard in tree.of_kind(_GRAFANA, "GrafanaDashboard"):
        yield from _inputs(tree, dashboard, names)


def _instance(tree: ClusterTree, subject: Subject) -> Iterator[Finding]:
    selector = mapping(subject.spec.get("instanceSelector"))
    instances = tree.of_kind(_GRAFANA, "Grafana")
    if not selector or not instances:
        return
    matching = [each for each in instances if selects(selector, each.labels)]
    across = subject.spec.get("allowCrossNamespaceImport")
    if not matching:
        if not any(hidden(tree, each) for each in _namespaces(instances, subject)):
            yield subject.finding("spec.instanceSelector", _no_grafana(instances))
    elif not (
        across
        or hidden(tree, subject.namespace)
        or any(each.namespace == subject.namespace for each in matching)
    ):
        yield subject.finding(
            "spec.instanceSelector",
            f"selects Grafana {matching[0].identity.name} of namespace {matching[0].namespace}, "
            f"but is in {subject.namespace}",
            "set allowCrossNamespaceImport: true",
        )


def _namespaces(instances: list[Subject], subject: Subject) -> set[str]:
    return {subject.namespace, *(each.namespace for each in instances)}


def _no_grafana(instances: list[Subject]) -> str:
    there = "; ".join(
        f"{each.identity.name} has {', '.join(f'{k}={v}' for k, v in sorted(each.labels.items()))}"
        for each in instances[:3]
        if each.labels
    )
    return "selects no Grafana" + (f"; {there}" if there else "")


def _policies(tree: ClusterTree, automation: Subject) -> Iterator[Finding]:
    """Yield a finding if an automation selects none of the ImagePolicies of its namespace."""
    selector, namespace = mapping(automation.spec.get("policySelector")), automation.namespace
    if not selector or "${" in str(selector):
        return
    if composed(tree, namespace) or not known(namespace) or foreign(tree, namespace):
        return
    policies = [e for e in tree.of_kind(_IMAGE, "ImagePolicy") if e.namespace == namespace]
    if not any("${" in str(each.labels) or selects(selector, each.labels) for each in policies):
        message = f"selects no ImagePolicy of namespace {namespace}"
        yield automation.finding("spec.policySelector", message, "", Severity.WARNING)


def _datasources(tree: ClusterTree) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for each in tree.of_kind(_GRAFANA, "GrafanaDatasource"):
        source = mapping(each.spec.get("datasource"))
        for name in (source.get("name") or each.identity.name, source.get("uid")):
            if name:
                found[str(name)] = each.identity.name
    return found


def _inputs(tree: ClusterTree, dashboard: Subject, names: Mapping[str, str]) -> Iterator[Finding]:
    # A Grafana outside the tree has data sources of its own.
    grafanas = tree.of_kind(_GRAFANA, "Grafana")
    external = any(each.spec.get("external") for each in grafanas)
    if not names or not grafanas or external or unfollowed(tree).open:
        return
    for path, value in values(dashboard.manifest, "spec.datasources[]"):
        source = mapping(value)
        name = known(source.get("datasourceName"))
        # Other inputs of a dashboard are replaced in the same way.
        is_constant = str(source.get("inputName")).startswith("VAR_") or _BUILT_IN.match(name)
        if name and name not in names and not is_constant:
            yield dashboard.finding(
                f"{path}.datasourceName",
                f"there is no GrafanaDatasource {name}",
                near(name, names),
                Severity.WARNING,  # the dashboard is imported, and shows no data
            )


RULES = (
    Rule(
        "R13",
        "objects in fields of operators' kinds exist: cluster, folder, pool, provider, class, "
        "Service",
        "the operator waits for the object, or does nothing",
        _check,
        in_charts=Severity.WARNING,
    ),
)
