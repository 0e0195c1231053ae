"""Every reference of a tree that group R checks, and trees in which one of them is renamed."""

from __future__ import annotations

import copy
import dataclasses
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import mapping
from kubestrata.rules.field import values
from kubestrata.rules.link.reference_table import references_by_rule
from kubestrata.rules.link.secret_use import secret_uses
from kubestrata.rules.subject import ClusterTree, Subject

_GATEWAY = "gateway.networking.k8s.io"
_ROUTES = ("GRPCRoute", "HTTPRoute", "TLSRoute")
_BACKENDS = ("spec.rules[].backendRefs[]", "spec.rules[].filters[].requestMirror.backendRef")
_PLAIN = (
    *(("R01", _GATEWAY, kind, "spec.parentRefs[].sectionName") for kind in _ROUTES),
    *(("R02", _GATEWAY, kind, f"{path}.port") for kind in _ROUTES for path in _BACKENDS),
    ("R04", "", "Service", "spec.ports[].targetPort"),
    ("R08", "monitoring.coreos.com", "ServiceMonitor", "spec.endpoints[].port"),
    ("R08", "monitoring.coreos.com", "PodMonitor", "spec.podMetricsEndpoints[].port"),
    ("R13", "grafana.integreatly.org", "GrafanaDashboard", "spec.datasources[].datasourceName"),
)
_SELECTORS = (
    ("R04", "", "Service", "spec.selector"),
    ("R08", "monitoring.coreos.com", "ServiceMonitor", "spec.selector.matchLabels"),
    ("R09", "policy", "PodDisruptionBudget", "spec.selector.matchLabels"),
    ("R12", "networking.k8s.io", "NetworkPolicy", "spec.podSelector.matchLabels"),
    ("R12", "cilium.io", "CiliumNetworkPolicy", "spec.endpointSelector.matchLabels"),
    ("R13", "grafana.integreatly.org", "GrafanaDashboard", "spec.instanceSelector.matchLabels"),
)
_KEY = re.compile(r"[^.\[\]]+|\[\d+\]")


@dataclass(frozen=True)
class Field:
    """A reference: the rule that checks it, its object, and its keys and indexes."""

    rule: str
    subject: Subject
    keys: tuple[str | int, ...]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject.identity} {'.'.join(map(str, self.keys))}"


def fields(tree: ClusterTree) -> list[Field]:
    """Return all references of a tree."""
    return [*_tabled(tree), *_written(tree), *_selecting(tree)]


def _tabled(tree: ClusterTree) -> Iterator[Field]:
    for rule, several in references_by_rule(tree.knowledge).items():
        # Secrets and ConfigMaps have further conditions: R06 applies them.
        for reference in several if rule != "R06" else ():
            for use in reference.uses(tree):
                if not use.target.has(use.name):
                    yield _field(rule, use.subject, use.path)
    for used in secret_uses(tree):
        if used.name != "kube-root-ca.crt":
            yield _field("R06", used.subject, used.path)


def _written(tree: ClusterTree) -> Iterator[Field]:
    for rule, group, kind, field in _PLAIN:
        for subject in tree.of_kind(group, kind):
            for path, value in values(subject.manifest, field):
                foreign = any(
                    path.startswith(each) and mapping(parent).get("kind")
                    for where in ("spec.parentRefs[]", *_BACKENDS)
                    for each, parent in values(subject.manifest, where)
                )
                if value is not None and not foreign:
                    yield _field(rule, subject, path)
    for subject in tree.subjects:
        if subject.namespace and subject.identity.kind == "ConfigMap":
            yield _field("R11", subject, "metadata.namespace")


def _selecting(tree: ClusterTree) -> Iterator[Field]:
    for rule, group, kind, field in _SELECTORS:
        for subject in tree.of_kind(group, kind):
            for path, value in values(subject.manifest, field):
                for label in mapping(value):
                    yield Field(rule, subject, (*path.split("."), label))


def _field(rule: str, subject: Subject, path: str) -> Field:
    for prefix in ("metadata.annotations.", "metadata.labels."):
        if path.startswith(prefix):
            return Field(rule, subject, (*prefix[:-1].split("."), path.removeprefix(prefix)))
    found = _KEY.findall(path)
    keys = tuple(int(each[1:-1]) if each.startswith("[") else each for each in found)
    return Field(rule, subject, keys)


def value_of(field: Field) -> object:
    """Return the value of a reference."""
    value: Any = field.subject.manifest
    for key in field.keys:
        value = value[key]
    return value


def misspelt(chance: random.Random, value: object) -> object:
    """Return a name with one typing error, a number with one digit too many."""
    if isinstance(value, int):
        return value + chance.randint(1, 9)
    text, at = str(value), chance.randrange(len(str(value)))
    letter = chance.choice([each for each in "bdkqxz" if each != text[at]])
    return chance.choice([text[:at] + letter + text[at + 1 :], text + letter, letter + text])


def renamed(tree: ClusterTree, field: Field, value: object) -> ClusterTree:
    """Return the tree with another value in one reference."""
    manifest = copy.deepcopy(field.subject.manifest)
    holder: Any = manifest
    for key in field.keys[:-1]:
        holder = holder[key]
    holder[field.keys[-1]] = value
    changed = replace(field.subject, manifest=manifest, identity=identity_of(manifest))
    subjects = [changed if each is field.subject else each for each in tree.subjects]
    return dataclasses.replace(tree, subjects=subjects)
