"""R34: people are sent to the public host of their login provider."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import HELM
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

# Settings from which a browser is sent to the provider, without separators and in lower case.
_ISSUER = re.compile(
    r"(.*oidcdiscovery|authorization|authorize|auth|discovery|autodiscover|issuer|oidc|oidcissuer)"
    r"(endpoint|uri|url)?\Z"
)
_BARE = re.compile(r"(auth|authorize|authorization|discovery|oidc)\Z")
_ABOUT_LOGINS = re.compile(r"(oauth|oidc|openid|sso)", re.IGNORECASE)
_TERRAFORM = "infra.contrib.fluxcd.io"
_INSIDE = (".svc", ".svc.cluster.local")
# Tokens of ServiceAccounts are for programs.
_API_SERVER = "kubernetes.default"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    spaces = frozenset(each.identity.name for each in tree.of_kind("", "Namespace"))
    for release in tree.of_kind(HELM, "HelmRelease"):
        yield from _settings(release, "spec.values", release.spec.get("values"), spaces)
    for module in tree.of_kind(_TERRAFORM, "Terraform"):
        for index, found in enumerate(sequence(module.spec.get("vars"))):
            entry = mapping(found)
            name, url = str(entry.get("name")), entry.get("value")
            if _ABOUT_LOGINS.search(name) and _is_issuer(name) and _is_inside(url, spaces):
                yield _finding(module, f"spec.vars[{index}].value", str(url))


def _settings(
    release: Subject, path: str, value: object, spaces: frozenset[str]
) -> Iterator[Finding]:
    fields: Mapping[str, object] = mapping(value)
    near = _ABOUT_LOGINS.search(path) is not None or any(_is_client(each) for each in fields)
    for key, part in fields.items():
        at = f"{path}.{key}"
        if isinstance(part, str):
            if (near or _ABOUT_LOGINS.search(key)) and _is_issuer(key) and _is_inside(part, spaces):
                yield _finding(release, at, part)
        else:
            yield from _settings(release, at, part, spaces)
    for index, part in enumerate(sequence(value)):
        yield from _settings(release, f"{path}[{index}]", part, spaces)


def _plain(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.lower())


def _is_client(key: str) -> bool:
    return _plain(key) == "clientid"


def _is_issuer(key: str) -> bool:
    plain = _plain(key)
    return _ISSUER.match(plain) is not None and _BARE.match(plain) is None


def _is_inside(url: object, spaces: frozenset[str]) -> bool:
    """Return True if the host of a URL is the name of a Service."""
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or "${" in url:
        return False
    host = urlsplit(url).hostname or ""
    if host.startswith(_API_SERVER):
        return False
    service, _, space = host.partition(".")
    return host.endswith(_INSIDE) or (bool(service) and space in spaces)


def _finding(subject: Subject, path: str, url: str) -> Finding:
    message = f"{url} is a name inside the cluster, to which browsers are sent"
    return subject.finding(path, message, "write the public host of the provider")


RULES = (
    Rule(
        "R34",
        "people are sent to the public host of their login provider",
        "their browsers cannot resolve it, and every login fails",
        _check,
        Severity.WARNING,
    ),
)
