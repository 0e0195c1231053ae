"""Providers whose clients are created by a Terraform module for each application."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.constructs.identity.oidc_login import ClientSecret, LoginProvider, OidcLogin
from kubestrata.constructs.secret.external_secret import ExternalSecret
from kubestrata.constructs.secret.secret_source import RemoteKey
from kubestrata.constructs.secret.secret_store import SecretStoreReference
from kubestrata.constructs.terraform.terraform import Terraform
from kubestrata.constructs.terraform.terraform_inputs import TerraformInputs
from kubestrata.constructs.terraform.terraform_module import TerraformModule
from kubestrata.constructs.terraform.terraform_runner import TerraformRunner
from kubestrata.constructs.terraform.terraform_spec import TerraformSpec
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_ID = "{id}"
_NOT_IN_VARIABLES = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformLogins(LoginProvider):
    """A provider such as Authentik, configured by one Terraform module for each application.

    In these texts `{id}` is the id of an application: `issuer`; `path` of its module; `component`,
    the name of the component and of the Terraform object; `entry` in the store, into which the
    module writes the properties `client_id` and `client_secret`; `url_variable`, which gets the
    origin of the application. `inputs` are those of every module, whose Secrets are in
    `namespace`. `after` are applied first. Raises InvalidValue for a text without `{id}`.
    """

    issuer: str
    path: str
    component: str
    entry: str
    layer: str
    namespace: Reference
    url_variable: str = "{id}_url"
    inputs: TerraformInputs = field(default_factory=TerraformInputs)
    after: Sequence[Reference | Component] = ()
    runner: TerraformRunner | None = None
    spec: TerraformSpec | None = None
    store: SecretStoreReference | None = None

    def __post_init__(self) -> None:
        for name in ("path", "component", "entry"):
            text: str = getattr(self, name)
            if _ID not in text:
                why = f"is {text!r}, the same for every application"
                raise InvalidValue(f"{name} of TerraformLogins", why, f"write '{_ID}' into it")

    def register(
        self, scope: Construct, application: OidcApplication, secret: ClientSecret
    ) -> OidcLogin:
        """Create a component with the Terraform object, and an ExternalSecret that waits for it."""
        applied = self.apply(component_of(scope), application)
        component_of(scope).needs(applied.ready)
        entry = self._text(self.entry, application)
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
        issuer = self._text(self.issuer, application)
        return OidcLogin(application, issuer, made.secret, secret.id_key, secret.secret_key)

    def apply(self, user: Component, application: OidcApplication) -> Terraform:
        """Create the component of an application's module, in the cluster of `user`."""
        name = self._text(self.component, application)
        component = Component(user.cluster, name, layer=self.layer, namespace=self.namespace)
        for each in self.after:
            component.needs(each)
        url = {
            _NOT_IN_VARIABLES.sub("_", self._text(self.url_variable, application)): (
                application.origins[0]
            )
        }
        return Terraform(
            component,
            name,
            module=TerraformModule(path=self._text(self.path, application)),
            inputs=self.inputs.plus(url),
            runner=self.runner,
            spec=self.spec,
        )

    def _text(self, template: str, application: OidcApplication) -> str:
        return template.replace(_ID, application.id)
