"""R38: controllers reach the hosts that their objects name."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from kubestrata.knowledge import KindName, Reach
from kubestrata.rules.field import values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.decision import UndecidedTraffic, decide_outside
from kubestrata.rules.traffic.flow import FlowPort
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, pods_of

_HTTPS = FlowPort(443, frozenset())


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for reach in tree.knowledge.reaches:
        subjects = [each for kind in reach.of for each in tree.of_kind(*KindName.parse(kind))]
        controllers = _controllers(tree, reach) if subjects else []
        for subject in subjects:
            for path, host in _hosts(subject, reach):
                for pod in controllers:
                    yield from _denied(tree, subject, path, host, pod)


def _controllers(tree: ClusterTree, reach: Reach) -> list[Pod]:
    return [each for each in pods_of(tree) if reach.pods.items() <= each.labels.items()]


def _hosts(subject: Subject, reach: Reach) -> Iterator[tuple[str, str]]:
    """Yield the hosts of an object with the fields that name them."""
    for at in reach.at:
        for path, value in values(subject.manifest, at):
            host = reach.host or urlsplit(str(value or "")).hostname
            if host:
                yield path, host


def _denied(
    tree: ClusterTree, subject: Subject, path: str, host: str, pod: Pod
) -> Iterator[Finding]:
    try:
        decision = decide_outside(tree, pod, host, _HTTPS)
    except UndecidedTraffic:
        return
    if not decision.is_open:
        where = pod.workload.identity
        message = f"{where} does not reach {host}: {decision.why} {decision.policies[0]}"
        yield subject.finding(path, message, f"allow its egress to {host} on port 443")


RULES = (
    Rule(
        "R38",
        "network policies allow controllers to reach the hosts that their objects name",
        "the objects never become ready: an ACME issuer issues no certificate",
        _check,
        Severity.ERROR,
    ),
)
