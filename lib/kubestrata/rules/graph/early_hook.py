"""G29: the namespace of a hook exists before the sync that creates it."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.rules.argo_sync import application_of, runs_before_sync, sync_options
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_CREATED = "CreateNamespace=true"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    namespaces = {each.identity.name: each for each in tree.of_kind("", "Namespace")}
    for hook in tree.subjects:
        namespace = namespaces.get(hook.namespace)
        if namespace is None or not runs_before_sync(hook):
            continue
        application = application_of(tree, hook)
        if application is None or namespace.unit != application.identity:
            continue
        if runs_before_sync(namespace) or _creates(tree, application.identity, hook.namespace):
            continue
        said = f"it runs before the sync of {application.identity.name} that creates its namespace"
        fix = "create the namespace in an earlier Application, or set CreateNamespace=true"
        yield hook.finding("metadata.namespace", f"{said} {hook.namespace}", fix)


def _creates(tree: ClusterTree, application: Identity, namespace: str) -> bool:
    """Return True if Argo CD itself creates a namespace before an Application."""
    unit = tree.units[application]
    where = mapping(unit.subject.spec.get("destination")).get("namespace")
    return where == namespace and _CREATED in sync_options(unit, unit.subject)


RULES = (
    Rule(
        "G29",
        "the namespace of a hook exists before the sync of its Application",
        "the first sync fails at the hook, and never creates the namespace",
        _check,
        in_charts=Severity.ERROR,
    ),
)
