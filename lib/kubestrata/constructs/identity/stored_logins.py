"""Providers whose clients are registered elsewhere, with their secrets in the secret store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.constructs.identity.oidc_login import ClientSecret, LoginProvider, OidcLogin
from kubestrata.constructs.identity.registration import check_unique, registered
from kubestrata.constructs.secret.external_secret import ExternalSecret
from kubestrata.constructs.secret.secret_source import RemoteKey, SecretSource
from kubestrata.constructs.secret.secret_store import SecretStoreReference
from kubestrata.constructs.secret.secret_template import SecretTemplate
from kubestrata.core.argument import require_each
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.value.url import check_url


class StoredClient(Frozen):
    """A registered application, its client's secret in the store, and its id if that has it."""

    application: OidcApplication
    secret: RemoteKey
    id: RemoteKey | None = None

    def source(self, secret: ClientSecret) -> SecretSource:
        """Return the values to fetch, by the keys of the application's Secret."""
        return secret.source(self.secret, self.id)

    def shape(self, secret: ClientSecret) -> SecretTemplate | None:
        """Return the template of the application's Secret."""
        return secret.shape(self.application.id, fetches_id=self.id is not None)


class StoredEntry(Frozen):
    """A registered application, and the entry of the store that its Secret is a copy of.

    The fields of the entry have the names of the Secret's keys. `more` are fields beside the
    client's id and secret.
    """

    application: OidcApplication
    path: str
    more: Sequence[str] = ()

    def source(self, secret: ClientSecret) -> SecretSource:
        """Return the whole entry."""
        known = [] if secret.id_key is None else [secret.id_key]
        return SecretSource.all_of(self.path, keys=[*known, secret.secret_key, *self.more])

    def shape(self, secret: ClientSecret) -> SecretTemplate | None:
        """Return the template of the application's Secret."""
        return secret.template


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLogins(LoginProvider):
    """A provider whose configuration has the clients: Keycloak's realm, Dex, or one by hand.

    Applications fetch their secrets from the store, as the provider does. An application logs in
    only as it is registered: other redirect URIs, scopes or PKCE raise InvalidReference.
    """

    issuer: str
    clients: Sequence[StoredClient | StoredEntry]
    store: SecretStoreReference | None = None

    def __post_init__(self) -> None:
        check_url("issuer of StoredLogins", self.issuer)
        require_each("clients of StoredLogins", self.clients, StoredClient, StoredEntry)
        check_unique([each.application for each in self.clients])

    def issuer_of(self, application: OidcApplication) -> str:
        """Return the issuer, which is the same for all."""
        _ = application
        return self.issuer

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
            source=known.source(secret),
            store=self.store,
            template=known.shape(secret),
            refresh=secret.refresh,
            copies=secret.copies,
        )
        return OidcLogin(application, self.issuer, made.secret, secret.id_key, secret.secret_key)
