"""R38: cert-manager reaches the servers that its ACME issuers name."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.traffic.decision import UndecidedTraffic, decide_outside
from kubestrata.rules.traffic.flow import FlowPort
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, pods_of

_HTTPS = FlowPort(443, frozenset())
# APIs of DNS providers with one address each (source: cert-manager's solvers).
_PROVIDERS = {
    "cloudDNS": "dns.googleapis.com",
    "cloudflare": "api.cloudflare.com",
    "digitalocean": "api.digitalocean.com",
}


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    controllers = [each for each in pods_of(tree) if _is_controller(each)]
    for issuer in tree.of_kind("cert-manager.io", "ClusterIssuer", "Issuer"):
        for path, host in _hosts(issuer):
            for pod in controllers:
                yield from _denied(tree, issuer, path, host, pod)


def _is_controller(pod: Pod) -> bool:
    labels = pod.labels
    return (
        labels.get("app.kubernetes.io/name") == "cert-manager"
        and labels.get("app.kubernetes.io/component") == "controller"
    )


def _hosts(issuer: Subject) -> Iterator[tuple[str, str]]:
    """Yield the hosts of an issuer with the fields that name them."""
    acme = mapping(issuer.spec.get("acme"))
    server = urlsplit(str(acme.get("server") or "")).hostname
    if server:
        yield "spec.acme.server", server
    for number, each in enumerate(sequence(acme.get("solvers"))):
        for provider in mapping(mapping(each).get("dns01")):
            if provider in _PROVIDERS:
                yield f"spec.acme.solvers[{number}].dns01.{provider}", _PROVIDERS[provider]


def _denied(
    tree: ClusterTree, issuer: Subject, path: str, host: str, pod: Pod
) -> Iterator[Finding]:
    try:
        decision = decide_outside(tree, pod, host, _HTTPS)
    except UndecidedTraffic:
        return
    if not decision.is_open:
        where = pod.workload.identity
        message = f"{where} does not reach {host}: {decision.why} {decision.policies[0]}"
        yield issuer.finding(path, message, f"allow its egress to {host} on port 443")


RULES = (
    Rule(
        "R38",
        "network policies allow cert-manager to reach the servers of its ACME issuers",
        "no certificate is issued, and what waits for one never starts",
        _judge,
        Severity.ERROR,
    ),
)
