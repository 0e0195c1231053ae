"""R05: ExternalSecrets and PushSecrets refer to a store that exists and admits their namespace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.pattern import Pattern, PatternError
from kubestrata.rules.api_group import EXTERNAL_SECRETS
from kubestrata.rules.field import known
from kubestrata.rules.link.reference import ReferenceUse, check_references
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.namespace import may_select_namespace
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for reference in references(tree, "R05"):
        yield from check_references(tree, (reference,))
        # The namespaces in which a ClusterExternalSecret creates objects are not known here.
        if reference.kind != "ClusterExternalSecret":
            for use in reference.uses(tree):
                if use.target.kind == "ClusterSecretStore":
                    yield from _scope(tree, use)


def _scope(tree: ClusterTree, use: ReferenceUse) -> Iterator[Finding]:
    store = tree.get(EXTERNAL_SECRETS, "ClusterSecretStore", "", use.name)
    conditions = sequence(store.spec.get("conditions")) if store else ()
    if conditions and not any(_admits(tree, mapping(each), use) for each in conditions):
        open_to = [
            str(each) for item in conditions for each in sequence(mapping(item).get("namespaces"))
        ]
        message = f"ClusterSecretStore {use.name} does not admit namespace {use.subject.namespace}"
        if open_to:
            message += f"; it admits {', '.join(sorted(open_to))}"
        stores = tree.of_kind(EXTERNAL_SECRETS, "SecretStore")
        own = (each.identity.name for each in stores if each.namespace == use.subject.namespace)
        yield use.subject.finding(use.path, message, near(use.name, own))


def _admits(tree: ClusterTree, condition: dict[str, Any], use: ReferenceUse) -> bool:
    namespace = use.subject.namespace
    if namespace in sequence(condition.get("namespaces")) or not known(namespace):
        return True
    if any(_matches(str(each), namespace) for each in sequence(condition.get("namespaceRegexes"))):
        return True
    selector = condition.get("namespaceSelector")
    if selector is None:
        return False
    return may_select_namespace(tree, mapping(selector), namespace)


def _matches(pattern: str, text: str) -> bool:
    try:
        return Pattern(pattern).is_in(text)
    except PatternError:
        return True


RULES = (
    Rule(
        "R05",
        "an ExternalSecret or PushSecret refers to a store that exists and admits its namespace",
        "the Secret is never created, and pods that need it do not start",
        _check,
        in_charts=Severity.WARNING,
    ),
)
