"""R03: Ingresses refer to existing Services and ports."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import known
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.link.service import missing_service, wrong_port
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for reference in references(tree, "R03"):
        for use in reference.uses(tree):
            yield from _backend(tree, use)


def _backend(tree: ClusterTree, use: ReferenceUse) -> Iterator[Finding]:
    service = tree.by_identity.get(use.identity)
    if service is None:
        yield from missing_service(tree, use.subject, use.path, use.namespace, use.name)
        return
    port = mapping(use.value.get("port"))
    for key, of in (("number", "port"), ("name", "name")):
        wanted = port.get(key)
        if known(wanted) != "use-annotation":
            path = f"{use.at}.port.{key}"
            yield from wrong_port(use.subject, path, service, of, wanted)


RULES = (
    Rule(
        "R03",
        "an Ingress refers to existing Services and ports",
        "requests fail",
        _check,
        in_charts=Severity.ERROR,
    ),
)
