"""R36: Authentik learns which host a request was for."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.api_group import NETWORKING
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity

_NGINX = "nginx.ingress.kubernetes.io"
# Source: Authentik, forward authentication with nginx.
_OUTPOST = "/outpost.goauthentik.io/auth/nginx"
_HEADER = "x-forwarded-host"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for ingress in tree.of_kind(NETWORKING, "Ingress"):
        notes = ingress.annotations
        url = str(notes.get(f"{_NGINX}/auth-url", ""))
        given = f"{notes.get(f'{_NGINX}/auth-snippet', '')}".lower()
        elsewhere = f"{_NGINX}/auth-proxy-set-headers" in notes
        if url.partition("?")[0].endswith(_OUTPOST) and _HEADER not in given and not elsewhere:
            at = f"metadata.annotations['{_NGINX}/auth-snippet']"
            message = "sets no X-Forwarded-Host, by which Authentik finds the application"
            fix = "write 'proxy_set_header X-Forwarded-Host $http_host;'"
            yield ingress.finding(at, message, fix)


RULES = (
    Rule(
        "R36",
        "Authentik learns which host a request was for",
        "it finds no application for its own name, and refuses every request",
        _check,
        Severity.WARNING,
    ),
)
