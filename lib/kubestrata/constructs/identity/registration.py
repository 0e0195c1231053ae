"""Comparison of an application with the clients that its provider has."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.field_type import nearest


def check_unique(clients: Sequence[OidcApplication]) -> None:
    """Raise InvalidValue for two clients with one id."""
    ids = [each.id for each in clients]
    twice = next((each for each in ids if ids.count(each) > 1), None)
    if twice is not None:
        raise InvalidValue(f"OIDC client {twice!r}", "is registered twice", "remove one")


def registered(
    application: OidcApplication, clients: Sequence[OidcApplication], provider: str
) -> int:
    """Return the position of the application in `clients`.

    Raises InvalidReference if it is not among them, or differs from the one that is.
    """
    what = f"OIDC client {application.id!r}"
    ids = [each.id for each in clients]
    if application.id not in ids:
        why = f"is not registered at {provider}, which has {', '.join(sorted(ids)) or 'none'}"
        fix = nearest(application.id, ids) if ids else "add it to clients="
        raise InvalidReference(what, why, fix)
    position = ids.index(application.id)
    for name, ours, theirs in _fields(application, clients[position]):
        if ours != theirs:
            why = f"has {name} {ours!r}, but is registered with {theirs!r}"
            fix = "declare the application once, and pass it to both"
            raise InvalidReference(what, why, fix)
    return position


def _fields(ours: OidcApplication, theirs: OidcApplication) -> list[tuple[str, object, object]]:
    return [
        ("redirects", list(ours.redirects), list(theirs.redirects)),
        ("scopes", list(ours.scopes), list(theirs.scopes)),
        ("pkce", ours.pkce, theirs.pkce),
    ]
