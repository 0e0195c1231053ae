"""Providers whose clients are registered elsewhere, with their secrets in the secret store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.constructs.identity.oidc_login import ClientSecret, LoginProvider, OidcLogin
from kubestrata.constructs.identity.registration import check_unique, registered
from kubestrata.constructs.secret.external_secret import ExternalSecret
from kubestrata.constructs.secret.secret_source import RemoteKey
from kubestrata.constructs.secret.secret_store import SecretStoreReference
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.value.url import check_url


class StoredClient(Frozen):
    """A registered application, its client's secret in the store, and its id if that has it."""

    application: OidcApplication
    secret: RemoteKey
    id: RemoteKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLogins(LoginProvider):
    """A provider whose configuration has the clients: Keycloak's realm, Dex, or one by hand.

    Applications fetch their secrets from the store, as the provider does. An application logs in
    only as it is registered: other redirect URIs, scopes or PKCE raise InvalidReference.
    """

    issuer: str
    clients: Sequence[StoredClient]
    store: SecretStoreReference | None = None

    def __post_init__(self) -> None:
        check_url("issuer of StoredLogins", self.issuer)
        check_unique([each.application for each in self.clients])

    def register(
        self, scope: Construct, application: OidcApplication, secret: ClientSecret
    ) -> OidcLogin:
        """Create an ExternalSecret with the client; raises InvalidReference for an unknown one."""
        known = self.clients[
            registered(application, [each.application for each in self.clients], self.issuer)
        ]
        made = ExternalSecret(
            scope,
            secret.name,
            source=secret.source(known.secret, known.id),
            store=self.store,
            template=secret.shape(application.id, fetches_id=known.id is not None),
            refresh=secret.refresh,
            copies=secret.copies,
        )
        return OidcLogin(application, self.issuer, made.secret, secret.id_key, secret.secret_key)
