"""P57-P59: exposure to the outside, and the namespace default."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import NETWORKING
from kubestrata.rules.field import values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_CERTIFIED = ("certificate", "ssl", "tls")


def _node_ports(tree: ClusterTree) -> Iterator[Finding]:
    for service in tree.of_kind("", "Service"):
        if service.spec.get("type") == "NodePort":
            said = "type is NodePort: every node listens on the port"
            yield service.finding("spec.type", said, "remove it, and add a route")


def _plain(tree: ClusterTree) -> Iterator[Finding]:
    for ingress in tree.of_kind(NETWORKING, "Ingress"):
        covered = {str(host) for _, host in values(ingress.spec, "tls[].hosts[]")}
        # controllers have other ways to configure a certificate
        if any(word in key for key in ingress.annotations for word in _CERTIFIED):
            continue
        if not ingress.spec.get("tls"):
            yield ingress.finding("spec.tls", "no tls: requests are in plain text")
            continue
        # an entry without hosts matches all
        if not all(mapping(each).get("hosts") for each in sequence(ingress.spec.get("tls"))):
            continue
        for at, host in values(ingress.manifest, "spec.rules[].host"):
            if host and not _is_covered(str(host), covered):
                yield ingress.finding(at, f"{host} is in no tls", f"add {host} to spec.tls")


def _is_covered(host: str, covered: set[str]) -> bool:
    return host in covered or f"*.{host.partition('.')[2]}" in covered


def _default(tree: ClusterTree) -> Iterator[Finding]:
    for subject in tree.subjects:
        if subject.namespace == "default":
            yield subject.finding(
                "metadata.namespace", "namespace is default", "use another namespace"
            )


RULES = (
    Rule(
        "P57",
        "Services have no node ports",
        "the port is open on every address of every node, bypassing gateways and policies",
        _node_ports,
        Severity.WARNING,
        "baseline",
        ("kube-linter/exposed-services", "kube-score/service-type"),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P58",
        "an Ingress has TLS for its hosts",
        "passwords and cookies can be read in transit",
        _plain,
        Severity.WARNING,
        "baseline",
        ("polaris/tlsSettingsMissing",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P59",
        "objects are not in the namespace default",
        "permissions, quotas and policies are granted by namespace",
        _default,
        Severity.WARNING,
        "baseline",
        ("kube-linter/use-namespace",),
    ),
)
