"""R17: a host and path belong to one Ingress."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import NETWORKING
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_CLASS = "kubernetes.io/ingress.class"
_SHARED = ("/canary", "/group.name", "/router.priority", "/mergeable-ingress-type")
"""Endings of annotations with which controllers accept one path in two Ingresses."""


def _check(tree: ClusterTree) -> Iterator[Finding]:
    first: dict[tuple[str, str, str, str], Subject] = {}
    for ingress in tree.of_kind(NETWORKING, "Ingress"):
        if any(key.endswith(_SHARED) for key in ingress.annotations):
            continue
        of_class = str(ingress.spec.get("ingressClassName") or ingress.annotations.get(_CLASS, ""))
        for at, host, path, type_ in _paths(ingress):
            if "${" in host or "${" in path:
                continue
            other = first.setdefault((of_class, host, path, type_), ingress)
            if other.identity != ingress.identity:
                where = f"{other.namespace}/{other.identity.name}"
                message = f"Ingress {where} already has {host or 'any host'}{path}"
                # The webhook of ingress-nginx refuses the second one.
                is_certain = "nginx" in of_class and not _may_be_apart(ingress, other)
                severity = None if is_certain else Severity.WARNING
                yield ingress.finding(at, message, "remove it from one of the two", severity)


def _may_be_apart(ingress: Subject, other: Subject) -> bool:
    """Return True for two Applications, which may be those of different clusters."""
    kinds = {each.unit.kind for each in (ingress, other) if each.unit is not None}
    return kinds == {"Application"} and ingress.unit != other.unit


def _paths(ingress: Subject) -> Iterator[tuple[str, str, str, str]]:
    """Yield field, host, path and path type of every path."""
    for number, rule in enumerate(map(mapping, sequence(ingress.spec.get("rules")))):
        paths = sequence(mapping(rule.get("http")).get("paths"))
        for index, path in enumerate(map(mapping, paths)):
            at = f"spec.rules[{number}].http.paths[{index}].path"
            host, value = str(rule.get("host") or ""), str(path.get("path") or "/")
            yield at, host, value, str(path.get("pathType"))


RULES = (
    Rule(
        "R17",
        "a host and path belong to one Ingress",
        "the second Ingress is refused, or gets some of the requests",
        _check,
        in_charts=Severity.ERROR,
    ),
)
