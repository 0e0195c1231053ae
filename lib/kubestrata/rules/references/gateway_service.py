"""R27: addresses of Cilium's gateways name the Services that Cilium creates for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.strings import strings_with
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.cilium import is_of_cilium
from kubestrata.rules.violation import Finding

_PREFIX = "cilium-gateway-"
_ADDRESS = re.compile(rf"\b({_PREFIX}[a-z0-9-]+)\.([a-z0-9][a-z0-9-]*)\.svc\b")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    services = tree.once(_services)
    if not services:
        return
    for subject in tree.subjects:
        for path, text in _texts(subject):
            for name, namespace in dict.fromkeys(_ADDRESS.findall(text)):
                made = services.get(namespace)
                if made is None or name in made or tree.exists("", "Service", namespace, name):
                    continue
                said = f"no Service {name} in namespace {namespace}"
                if f"{_PREFIX}{name}" in made:
                    fix = f"write {_PREFIX}{name}: Cilium adds {_PREFIX} to the Gateway's name"
                else:
                    fix = near(name, made)
                yield subject.finding(path, said, fix)


def _services(tree: ClusterTree) -> Mapping[str, frozenset[str]]:
    """Return the names of the Services of Cilium's gateways, by namespace."""
    found: dict[str, set[str]] = {}
    for gateway in tree.of_kind(GATEWAY, "Gateway"):
        if is_of_cilium(tree, gateway):
            services = found.setdefault(gateway.namespace, set())
            services.add(f"{_PREFIX}{gateway.identity.name}")
    return {namespace: frozenset(names) for namespace, names in found.items()}


def _texts(subject: Subject) -> Iterator[tuple[str, str]]:
    if subject.encrypted:
        return
    for field in ("data", "spec"):
        for path, text in strings_with(_PREFIX, mapping(subject.manifest.get(field))):
            yield f"{field}.{path}", text


RULES = (
    Rule(
        "R27",
        "an address of a gateway of Cilium names the Service that Cilium creates for it",
        "every connection fails",
        _check,
    ),
)
