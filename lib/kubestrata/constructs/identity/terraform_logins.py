"""Providers whose clients are created by a Terraform module for each application."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kubestrata.constructs.identity.application_modules import (
    ApplicationModules,
    check_differs,
    for_application,
)
from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.constructs.identity.oidc_login import ClientSecret, LoginProvider, OidcLogin
from kubestrata.constructs.secret.external_secret import ExternalSecret
from kubestrata.constructs.secret.secret_source import RemoteKey
from kubestrata.constructs.secret.secret_store import SecretStoreReference
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.value.url import check_url


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformLogins(LoginProvider):
    """A provider such as Authentik, configured by one Terraform module for each application.

    In these texts `{id}` is the id of an application: `issuer`; `entry` in the store, into which
    its module writes the properties `client_id` and `client_secret`. Raises InvalidValue for an
    entry without `{id}`.
    """

    issuer: str
    entry: str
    modules: ApplicationModules
    store: SecretStoreReference | None = None

    def __post_init__(self) -> None:
        check_differs("entry of TerraformLogins", self.entry)
        check_url("issuer of TerraformLogins", for_application(self.issuer, "id"))

    def also_after(self, *others: Reference | Component) -> TerraformLogins:
        """Return the provider for applications that a module configures through their own API."""
        return replace(self, modules=self.modules.also_after(*others))

    def issuer_of(self, application: OidcApplication) -> str:
        """Return the issuer of the application."""
        return for_application(self.issuer, application.id)

    def register(
        self, scope: Construct, application: OidcApplication, secret: ClientSecret
    ) -> OidcLogin:
        """Create a component with the Terraform object, and an ExternalSecret that waits for it."""
        user = component_of(scope)
        applied = self.modules.apply(user.cluster, application.id, application.origins[0])
        user.needs(applied.ready)
        entry = for_application(self.entry, application.id)
        client, password = RemoteKey(entry, "client_id"), RemoteKey(entry, "client_secret")
        made = ExternalSecret(
            scope,
            secret.name,
            source=secret.source(password, client),
            store=self.store,
            template=secret.shape(application.id, fetches_id=True),
            refresh=secret.refresh,
            copies=secret.copies,
        )
        return OidcLogin(
            application,
            self.issuer_of(application),
            made.secret,
            secret.id_key,
            secret.secret_key,
            applied.ready,
        )
