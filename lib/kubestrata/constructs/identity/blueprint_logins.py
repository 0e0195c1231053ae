"""Authentik, with the clients of applications in blueprints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kubestrata.constructs.config.config_files import ConfigFiles
from kubestrata.constructs.config.config_reference import ConfigReference
from kubestrata.constructs.config.file_content import FileContent
from kubestrata.constructs.identity.authentik_blueprint import oidc_blueprint
from kubestrata.constructs.identity.oidc_client import OidcApplication, OidcClient
from kubestrata.constructs.identity.oidc_login import ClientSecret, LoginProvider, OidcLogin
from kubestrata.constructs.identity.registration import registered
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.value.host import Host

_NOT_IN_VARIABLES = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class BlueprintLogins(LoginProvider):
    """Authentik at `host`, whose worker creates the clients from blueprints.

    Each client's secret is a key of a Secret in the namespace of Authentik; its application reads
    a Secret of its own with the same value, which exists already. Create the ConfigMap by
    `write`, and give the worker its files and `environment`.
    """

    host: Host
    clients: Sequence[OidcClient]

    def write(self, scope: Construct, id: str) -> ConfigReference:
        """Create the ConfigMap `id` with the blueprint of each client; return it for the worker.

        Its name is stable, because Authentik's chart mounts it by name and its worker watches it.
        """
        content = [
            FileContent.text(
                f"{each.id}.yaml",
                oidc_blueprint(
                    each, secret_variable=None if each.secret is None else _variable(each)
                ),
            )
            for each in self.clients
        ]
        return ConfigFiles(scope, id, content=content, naming="stable").reference

    @property
    def environment(self) -> dict[str, SecretKey]:
        """Return the variables of the worker with the secrets of the clients."""
        return {_variable(each): each.secret for each in self.clients if each.secret is not None}

    def issuer_of(self, application: OidcApplication) -> str:
        """Return the issuer of the application."""
        return f"https://{self.host}/application/o/{application.id}/"

    def register(
        self, scope: Construct, application: OidcApplication, secret: ClientSecret
    ) -> OidcLogin:
        """Return the login; raises InvalidReference without `existing=`, or for an unknown one."""
        registered(application, self.clients, f"https://{self.host}")
        if secret.existing is None:
            what, why = f"Secret {secret.name!r} of a login", "is not created by Authentik"
            fix = "pass existing= with the Secret of the application"
            raise InvalidReference(what, why, fix)
        namespace = component_of(scope).default_namespace(caller())
        secret.existing.require_namespace(namespace)
        issuer = self.issuer_of(application)
        return OidcLogin(application, issuer, secret.existing, secret.id_key, secret.secret_key)


def _variable(application: OidcApplication) -> str:
    return f"{_NOT_IN_VARIABLES.sub('_', application.id.upper())}_CLIENT_SECRET"
