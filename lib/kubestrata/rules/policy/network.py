"""P57-P59: who can come in."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_CERTIFIED = ("certificate", "ssl", "tls")


def _node_ports(tree: ClusterTree) -> Iterator[Finding]:
    for service in tree.of_kind("", "Service"):
        if service.spec.get("type") == "NodePort":
            said = "type is NodePort: every node listens for it"
            yield service.finding("spec.type", said, "leave it out, and add a route")


def _plain(tree: ClusterTree) -> Iterator[Finding]:
    for ingress in tree.of_kind("networking.k8s.io", "Ingress"):
        covered = {
            str(host)
            for each in sequence(ingress.spec.get("tls"))
            for host in sequence(mapping(each).get("hosts"))
        }
        # controllers have other ways to be told of a certificate
        if any(word in key for key in ingress.annotations for word in _CERTIFIED):
            continue
        if not ingress.spec.get("tls"):
            yield ingress.finding("spec.tls", "no tls: requests come in plain text")
            continue
        # an entry without hosts is for all
        if not all(mapping(each).get("hosts") for each in sequence(ingress.spec.get("tls"))):
            continue
        for index, each in enumerate(sequence(ingress.spec.get("rules"))):
            host = mapping(each).get("host")
            if host and not _is_covered(str(host), covered):
                at = f"spec.rules[{index}].host"
                yield ingress.finding(at, f"{host} is in no tls", f"add {host} to spec.tls")


def _is_covered(host: str, covered: set[str]) -> bool:
    return host in covered or f"*.{host.partition('.')[2]}" in covered


def _default(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        if subject.namespace == "default":
            yield subject.finding("metadata.namespace", "namespace is default", "name its own")


RULES = (
    Rule(
        "P57",
        "Services take no port of the nodes",
        "past gateway and policies, on every address of every node",
        _node_ports,
        Severity.WARNING,
        "baseline",
        ("kube-linter/exposed-services", "kube-score/service-type"),
    ),
    Rule(
        "P58",
        "an Ingress has TLS for its hosts",
        "passwords and cookies can be read on their way",
        _plain,
        Severity.WARNING,
        "baseline",
        ("polaris/tlsSettingsMissing",),
    ),
    Rule(
        "P59",
        "nothing is in the namespace default",
        "rights, quotas and policies are given by namespace",
        _default,
        Severity.WARNING,
        "baseline",
        ("kube-linter/use-namespace",),
    ),
)
