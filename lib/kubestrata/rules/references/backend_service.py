"""R02: routes refer to existing Services and ports, in other namespaces with a ReferenceGrant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.field import known
from kubestrata.rules.link.reference import ReferenceUse
from kubestrata.rules.link.reference_table import references
from kubestrata.rules.link.service import missing_service, wrong_port
from kubestrata.rules.link.unfollowed import doubt
from kubestrata.rules.link.unseen import hidden
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for reference in references(tree, "R02"):
        for use in reference.uses(tree):
            if known(use.namespace):
                yield from _backend(tree, use)


def _backend(tree: ClusterTree, use: ReferenceUse) -> Iterator[Finding]:
    route, name, namespace = use.subject, use.name, use.namespace
    if namespace != route.namespace and not _granted(tree, route, namespace, name):
        yield route.finding(
            f"{use.at}.namespace",
            f"no ReferenceGrant in namespace {namespace} allows {route.identity.kind}s of "
            f"{route.namespace} to send to Service {name}",
            severity=doubt(tree, namespace),
        )
    service = tree.get("", "Service", namespace, name)
    if service is None:
        yield from missing_service(tree, route, use.path, namespace, name)
        return
    yield from wrong_port(route, f"{use.at}.port", service, "port", use.value.get("port"))


def _granted(tree: ClusterTree, route: Subject, namespace: str, name: str) -> bool:
    if hidden(tree, namespace):
        return True
    grants = tree.once(_grants_by_namespace).get(namespace, ())
    return any(_grants(each, route, name) for each in grants)


def _grants_by_namespace(tree: ClusterTree) -> Mapping[str, list[Subject]]:
    found: dict[str, list[Subject]] = {}
    for grant in tree.of_kind(GATEWAY, "ReferenceGrant"):
        found.setdefault(grant.namespace, []).append(grant)
    return found


def _grants(grant: Subject, route: Subject, name: str) -> bool:
    source = {"group": GATEWAY, "kind": route.identity.kind, "namespace": route.namespace}
    comes = any(mapping(each) == source for each in sequence(grant.spec.get("from")))
    goes = any(
        mapping(each).get("group", "") == ""
        and mapping(each).get("kind") == "Service"
        and mapping(each).get("name") in (None, "", name)
        for each in sequence(grant.spec.get("to"))
    )
    return comes and goes


RULES = (
    Rule(
        "R02",
        "a route refers to an existing Service and port, in another namespace with a "
        "ReferenceGrant",
        "requests fail",
        _check,
        in_charts=Severity.ERROR,
    ),
)
