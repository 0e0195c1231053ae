"""P96: network policies with default deny allow the addresses that pods are given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.admission import reaches_address
from kubestrata.rules.traffic.flow import FlowPort, texts_of
from kubestrata.rules.traffic.isolation import isolation_of
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import chart_namespaces, pods_of

_ADDRESS = re.compile(r"\b(?:(https?)://)?((?:\d{1,3}\.){3}\d{1,3})(?::(\d{2,5}))?(?![\d./])")
_USUAL = {"http": "80", "https": "443"}


def _denied(tree: ClusterTree) -> Iterator[Finding]:
    isolation = isolation_of(tree) or {}
    own = {str(each.spec.get("clusterIP")) for each in tree.of_kind("", "Service")}
    for pod in pods_of(tree):
        here = isolation.get(pod)
        if here is None or not here.egress or pod.namespace in chart_namespaces(tree):
            continue
        if pod.spec.get("hostNetwork") is True:
            continue
        for address, port in sorted({one for text in texts_of(tree, pod) for one in _named(text)}):
            wanted = FlowPort(port, frozenset())
            if address in own or any(
                reaches_address(rule, address, wanted) for rule in here.allowed
            ):
                continue
            said = (
                f"egress to {address} at port {port} is denied, and the pod is given this address"
            )
            fix = f"allow the block {address}/32: selectors match pods only"
            yield pod.workload.finding("", said, fix)


def _named(text: str) -> Iterator[tuple[str, int]]:
    """Yield the addresses with their ports in a text."""
    for scheme, address, port in _ADDRESS.findall(text):
        number = port or _USUAL.get(scheme)
        try:
            found = ip_address(address)
        except ValueError:
            continue
        if number and not (found.is_unspecified or found.is_loopback or found.is_link_local):
            yield address, int(number)


RULES = (
    Rule(
        "P96",
        "network policies allow the addresses outside of the cluster that pods are given",
        "selectors of namespaces and pods match no address, and connections time out",
        _denied,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
