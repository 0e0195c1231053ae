"""R28, R29: clients of a realm of Keycloak are called back where routes lead, with a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY, NETWORKING
from kubestrata.rules.field import known, values
from kubestrata.rules.link.unfollowed import doubt
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_KEYCLOAK = "k8s.keycloak.org"
_CLIENTS = "spec.realm.clients"
_ROUTES = ("GRPCRoute", "HTTPRoute", "TLSRoute")


def _clients(tree: ClusterTree) -> Iterator[tuple[Subject, str, Mapping[str, Any]]]:
    for realm in tree.of_kind(_KEYCLOAK, "KeycloakRealmImport"):
        for path, value in values(realm.manifest, f"{_CLIENTS}[]"):
            yield realm, path, mapping(value)


def _astray(tree: ClusterTree) -> Iterator[Finding]:
    served = tree.once(_served)
    if not served:
        return
    for realm, path, client in _clients(tree):
        for index, url in enumerate(sequence(client.get("redirectUris"))):
            host = urlsplit(str(url)).hostname or ""
            if not host or not known(host) or _is_served(served, host):
                continue
            at = f"{path}.redirectUris[{index}]"
            label, _, domain = host.partition(".")
            meant = sorted(each for each in served if each.partition(".")[0] == label)
            if meant:
                said = f"no route serves {host}; {served[meant[0]]} serves {meant[0]}"
                fix = f"write {str(url).replace(host, meant[0])}"
                yield realm.finding(at, said, fix, doubt(tree))
            elif any(each.partition(".")[2] == domain for each in served):
                said = f"no route serves {host}, and other routes serve hosts of {domain}"
                yield realm.finding(at, said, "add a route for it", Severity.WARNING)


def _served(tree: ClusterTree) -> Mapping[str, str]:
    """Return the hosts of routes and Ingresses, each with the object that serves it."""
    found: dict[str, str] = {}
    for each in tree.of_kind(GATEWAY, *_ROUTES):
        for host in sequence(each.spec.get("hostnames")):
            found.setdefault(str(host), str(each.identity))
    for each in tree.of_kind(NETWORKING, "Ingress"):
        for _, rule in values(each.manifest, "spec.rules[]"):
            if host := mapping(rule).get("host"):
                found.setdefault(str(host), str(each.identity))
    return found


def _is_served(served: Mapping[str, str], host: str) -> bool:
    return host in served or any(
        each.startswith("*.") and host.endswith(each[1:]) for each in served
    )


def _unknown_secret(tree: ClusterTree) -> Iterator[Finding]:
    for realm, path, client in _clients(tree):
        if client.get("publicClient") is True or client.get("bearerOnly") is True:
            continue
        other = client.get("clientAuthenticatorType", "client-secret") != "client-secret"
        if not other and not client.get("secret"):
            said = "is not set: Keycloak generates one, which no application knows"
            fix = 'write secret: "${NAME}", and a placeholder NAME that reads a Secret'
            yield realm.finding(f"{path}.secret", said, fix)


RULES = (
    Rule(
        "R28",
        "redirect URIs of a realm's clients have hosts that a route serves",
        "people who logged in are sent to an address that does not answer",
        _astray,
    ),
    Rule(
        "R29",
        "a confidential client of a realm has a secret",
        "the application is refused by the provider",
        _unknown_secret,
        Severity.WARNING,
    ),
)
