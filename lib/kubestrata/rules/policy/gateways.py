"""P68-P73: listeners of gateways, and the targets of routes."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY
from kubestrata.rules.field import value_at, values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import chart_namespaces


def _listeners(gateway: Subject) -> Iterator[tuple[str, dict[str, object]]]:
    for at, each in values(gateway.manifest, "spec.listeners[]"):
        yield at, mapping(each)


def _uncertified(tree: ClusterTree) -> Iterator[Finding]:
    for gateway in tree.of_kind(GATEWAY, "Gateway"):
        for at, listener in _listeners(gateway):
            tls = mapping(listener.get("tls"))
            if listener.get("protocol") not in ("HTTPS", "TLS"):
                continue
            ends_here = tls.get("mode", "Terminate") == "Terminate"
            if ends_here and not tls.get("certificateRefs") and not tls.get("options"):
                said = f"listener {listener.get('name')} has no certificate"
                yield gateway.finding(f"{at}.tls.certificateRefs", said)


def _open(tree: ClusterTree) -> Iterator[Finding]:
    for gateway in tree.of_kind(GATEWAY, "Gateway"):
        for at, listener in _listeners(gateway):
            if value_at(listener, "allowedRoutes.namespaces.from") == "All":
                said = f"listener {listener.get('name')} accepts routes of all namespaces"
                fix = "set from: Selector, or Same"
                yield gateway.finding(f"{at}.allowedRoutes.namespaces.from", said, fix)


def _any_host(tree: ClusterTree) -> Iterator[Finding]:
    for route in tree.of_kind(GATEWAY, "HTTPRoute"):
        hosts = sequence(route.spec.get("hostnames"))
        if not hosts and not _is_redirect(route):
            yield route.finding("spec.hostnames", "no hostnames: it matches every host")
        for index, host in enumerate(hosts):
            if str(host).startswith("*"):
                yield route.finding(f"spec.hostnames[{index}]", f"{host} matches many hosts")


def _is_redirect(route: Subject) -> bool:
    rules = sequence(route.spec.get("rules"))
    return bool(rules) and not any(mapping(each).get("backendRefs") for each in rules)


def _grants(tree: ClusterTree) -> frozenset[tuple[str, str, str, str]]:
    return frozenset(
        (
            grant.namespace,
            str(mapping(source).get("kind")),
            str(mapping(source).get("namespace")),
            str(mapping(target).get("kind")),
        )
        for grant in tree.of_kind(GATEWAY, "ReferenceGrant")
        for source in sequence(grant.spec.get("from"))
        for target in sequence(grant.spec.get("to"))
    )


def _references(tree: ClusterTree) -> Iterator[tuple[Subject, str, dict[str, object], str]]:
    for gateway in tree.of_kind(GATEWAY, "Gateway"):
        for path, each in values(gateway.manifest, "spec.listeners[].tls.certificateRefs[]"):
            yield gateway, path, mapping(each), "Secret"
    for route in tree.of_kind(GATEWAY, "HTTPRoute", "GRPCRoute", "TLSRoute"):
        for path, each in values(route.manifest, "spec.rules[].backendRefs[]"):
            yield route, path, mapping(each), "Service"


def _ungranted(tree: ClusterTree) -> Iterator[Finding]:
    grants = _grants(tree)
    for subject, at, reference, default in _references(tree):
        namespace = str(reference.get("namespace") or subject.namespace)
        kind = str(reference.get("kind") or default)
        if namespace == subject.namespace or namespace in chart_namespaces(tree):
            continue
        own = subject.identity.kind
        if (namespace, own, subject.namespace, kind) not in grants:
            said = f"no ReferenceGrant in {namespace} for {kind} {reference.get('name')}"
            fix = f"add a ReferenceGrant from {own} of {subject.namespace} in {namespace}"
            yield subject.finding(f"{at}.namespace", said, fix)


def _unvalidated(tree: ClusterTree) -> Iterator[Finding]:
    for gateway in tree.of_kind(GATEWAY, "Gateway"):
        for at in ("spec.tls.frontend.default", "spec.tls.frontend.perPort[].tls"):
            for path, mode in values(gateway.manifest, f"{at}.validation.mode"):
                if mode == "AllowInsecureFallback":
                    said = "clients without a valid certificate are accepted"
                    yield gateway.finding(path, said, "set AllowValidOnly")


def _plain(tree: ClusterTree) -> Iterator[Finding]:
    for route in tree.of_kind(GATEWAY, "HTTPRoute"):
        if _is_redirect(route):
            continue
        for path, each in values(route.manifest, "spec.parentRefs[]"):
            parent = mapping(each)
            namespace = str(parent.get("namespace") or route.namespace)
            gateway = tree.get(GATEWAY, "Gateway", namespace, str(parent.get("name")))
            if gateway is None:
                continue
            names = [
                str(listener.get("name"))
                for _, listener in _listeners(gateway)
                if listener.get("protocol") == "HTTP"
                and parent.get("sectionName") in (None, listener.get("name"))
                and parent.get("port") in (None, listener.get("port"))
            ]
            if names:
                said = f"listener {', '.join(names)} is plain HTTP"
                fix = "name the listener with TLS in sectionName"
                yield route.finding(path, said, fix)


RULES = (
    Rule(
        "P68",
        "a listener with TLS has a certificate",
        "it is not programmed, and clients cannot connect",
        _uncertified,
        Severity.ERROR,
        "baseline",
        ("polaris/gatewayTLSMissing",),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P69",
        "a gateway restricts the namespaces of its routes",
        "any namespace can take over a host of another one",
        _open,
        Severity.NOTE,
        "restricted",
        ("polaris/gatewayAllowedRoutesAll",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P70",
        "a route has explicit hostnames",
        "it gets requests for other hosts",
        _any_host,
        Severity.NOTE,
        "restricted",
        ("polaris/httpRouteWildcardOrEmptyHost",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P71",
        "a reference to another namespace has a ReferenceGrant there",
        "the reference is rejected, and requests fail with status 500",
        _ungranted,
        Severity.ERROR,
        "baseline",
        (
            "polaris/gatewayCrossNamespaceCertificateRef",
            "polaris/httpRouteCrossNamespaceBackendRef",
        ),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P72",
        "client certificates are required where they are validated",
        "clients without one are accepted",
        _unvalidated,
        Severity.WARNING,
        "baseline",
        ("polaris/gatewayInsecureFrontendValidation",),
        in_charts=Severity.WARNING,
    ),
    Rule(
        "P73",
        "a route serves over TLS, or redirects to it",
        "passwords and cookies can be read in transit",
        _plain,
        Severity.WARNING,
        "restricted",
        ("polaris/httpRouteInsecureListener",),
        in_charts=Severity.WARNING,
    ),
)
