"""R19: addresses name Services of the cluster that exist, with a port that they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import HELM
from kubestrata.rules.link.service import service_names
from kubestrata.rules.link.unfollowed import doubt
from kubestrata.rules.link.unseen import may_exist
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.strings import strings_with
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of

_ADDRESS = re.compile(
    r"(?:[\w+]+://)?([a-z][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.svc(?:\.cluster\.local)?\.?"
    r"(?::(\d+))?(?:/.*)?"
)


class _Address(NamedTuple):
    """A field with the address of a Service; without a port, '' is its number."""

    subject: Subject
    path: str
    name: str
    namespace: str
    port: str


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for each in _addresses(tree):
        service = tree.get("", "Service", each.namespace, each.name)
        if service is not None:
            yield from _port(each, service)
        elif _is_of_tree(tree, each):
            yield from _missing(tree, each)


def _is_of_tree(tree: ClusterTree, address: _Address) -> bool:
    """Return True if only the tree can have a Service: its namespace is declared there."""
    if (address.namespace, address.name) == ("default", "kubernetes"):
        return False
    declared = tree.exists("", "Namespace", "", address.namespace)
    return declared and not tree.exists("", "Service", address.namespace, address.name)


def _addresses(tree: ClusterTree) -> Iterator[_Address]:
    for subject, path, text in _texts(tree):
        found = _ADDRESS.fullmatch(text.strip())
        if found is not None:
            name, namespace, port = found.groups()
            yield _Address(subject, path, name, namespace, port or "")


def _texts(tree: ClusterTree) -> Iterator[tuple[Subject, str, str]]:
    """Yield the texts of custom resources, and the environment and arguments of pods."""
    for subject in tree.subjects:
        group = subject.identity.group
        # What a release is given counts where its chart uses it.
        if group != HELM and not tree.knowledge.group(group).builtin and not subject.encrypted:
            for path, text in strings_with(".svc", subject.spec):
                yield subject, f"spec.{path}", text
    for pod in pods_of(tree):
        for container in pod.containers:
            for index, entry in enumerate(map(mapping, sequence(container.body.get("env")))):
                at = f"{container.path}.env[{index}].value"
                yield pod.workload, at, str(entry.get("value", ""))
            for field in ("command", "args"):
                for index, word in enumerate(sequence(container.body.get(field))):
                    yield pod.workload, f"{container.path}.{field}[{index}]", _value(str(word))


def _value(word: str) -> str:
    """Return the value of an option: `--url=http://web.shop.svc`."""
    return word.partition("=")[2] if word.startswith("-") else word


def _port(address: _Address, service: Subject) -> Iterator[Finding]:
    ports = [str(mapping(each).get("port")) for each in sequence(service.spec.get("ports"))]
    # Without an address of its own, a Service leads to the ports of its pods.
    if not address.port or not ports or service.spec.get("clusterIP") == "None":
        return
    if address.port not in ports:
        has = ", ".join(ports)
        message = f"Service {address.namespace}/{address.name} has no port {address.port}"
        yield address.subject.finding(address.path, f"{message}; it has {has}")


def _missing(tree: ClusterTree, address: _Address) -> Iterator[Finding]:
    if may_exist(tree, address.namespace, address.name):
        return
    names = tree.once(service_names).get(address.namespace, ())
    message = f"no Service {address.name} in namespace {address.namespace}"
    yield address.subject.finding(
        address.path, message, near(address.name, names), doubt(tree) or Severity.WARNING
    )


RULES = (
    Rule(
        "R19",
        "an address of a Service names one that exists, and a port that it has",
        "every connection fails",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
