"""Logins of applications: a client at a provider, and the Secret that the application reads."""

from __future__ import annotations

from abc import ABC, abstractmethod

from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.constructs.secret.external_secret import Refresh
from kubestrata.constructs.secret.reflection import ReflectedTo
from kubestrata.constructs.secret.secret_reference import SecretKey, SecretReference
from kubestrata.constructs.secret.secret_source import RemoteKey, SecretSource
from kubestrata.constructs.secret.secret_template import SecretTemplate
from kubestrata.core.errors import InvalidReference
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_ID, _SECRET = "client_id", "client_secret"


class ClientSecret(Frozen, kw_only=True):
    """The Secret of an application's client, named and keyed as the application reads it.

    `id_key` is None for an application that has the id in its configuration. `template` adds keys,
    such as a whole configuration; it uses `{{ .client_id }}` and `{{ .client_secret }}`, the values
    by the names of their keys. `existing` is the Secret where it exists already, such as one
    encrypted in Git: then nothing is fetched.
    """

    name: str
    id_key: str | None = _ID
    secret_key: str = _SECRET
    template: SecretTemplate | None = None
    refresh: Refresh | None = None
    copies: ReflectedTo | None = None
    existing: SecretReference | None = None

    def source(self, secret: RemoteKey, id: RemoteKey | None) -> SecretSource:
        """Return the values to fetch, by the keys of the Secret."""
        if id is None or self.id_key is None:
            return SecretSource.keys({self.secret_key: secret})
        return SecretSource.keys({self.id_key: id, self.secret_key: secret})

    def shape(self, client: str, *, fetches_id: bool) -> SecretTemplate | None:
        """Return the template; the client's id is written into it where the store lacks it."""
        if fetches_id or self.id_key is None:
            return self.template
        given = self.template or SecretTemplate()
        return SecretTemplate(
            {self.id_key: client, **given.data},
            type=given.type,
            labels=given.labels,
            annotations=given.annotations,
            keeps="all",
        )


class OidcLogin(Frozen):
    """A registered application: what its configuration needs.

    `secret` is in the namespace of the application. `registered` is the object that creates the
    client at the provider, None where another program does.
    """

    application: OidcApplication
    issuer: str
    secret: SecretReference
    id_key: str | None = _ID
    secret_key: str = _SECRET
    registered: Reference | None = None

    @property
    def client_id(self) -> str:
        """Return the id of the client."""
        return self.application.id

    @property
    def discovery_url(self) -> str:
        """Return the address of the provider's metadata (source: OpenID Connect Discovery)."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    @property
    def id(self) -> SecretKey:
        """Return the key with the client's id; raises InvalidReference if the Secret has none."""
        if self.id_key is None:
            why, fix = "has no key with the client's id", "pass id_key= to ClientSecret"
            raise InvalidReference(str(self.secret.ref), why, fix)
        return self.secret.key(self.id_key)

    @property
    def password(self) -> SecretKey:
        """Return the key with the client's secret."""
        return self.secret.key(self.secret_key)


class LoginProvider(ABC):
    """A provider of single sign-on, which registers applications.

    A cluster provides one with `offer`.
    """

    @abstractmethod
    def issuer_of(self, application: OidcApplication) -> str:
        """Return the issuer of the application's tokens, for configuration inside its Secret."""

    @abstractmethod
    def register(
        self, scope: Construct, application: OidcApplication, secret: ClientSecret
    ) -> OidcLogin:
        """Create what the login of an application needs, its Secret in the scope's namespace."""
