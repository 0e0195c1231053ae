"""Single sign-on of an application, by the provider of its cluster."""

from __future__ import annotations

from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.constructs.identity.oidc_login import ClientSecret, LoginProvider, OidcLogin
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct


class SingleSignOn(Construct):
    """The login of one application: its client at the provider, and its Secret in the namespace.

    `provider` is by default the one that the cluster provides; raises MissingOffer without any.
    `login` has what the application's configuration needs. The application waits for its provider
    and for the Secret, because it uses `login.secret`.
    """

    def __init__(
        self,
        scope: Construct,
        application: OidcApplication,
        *,
        secret: ClientSecret,
        provider: LoginProvider | None = None,
    ) -> None:
        require("application of a SingleSignOn", application, OidcApplication)
        require("secret of a SingleSignOn", secret, ClientSecret)
        super().__init__(scope, f"{application.id}-sign-on")
        chosen = provider or component_of(scope).cluster.ask(LoginProvider)
        self.login: OidcLogin = chosen.register(self, application, secret)
