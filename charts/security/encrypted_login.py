"""Logins of applications whose client is in a Secret encrypted in Git."""

from pathlib import Path

from kubestrata import Construct, Frozen
from kubestrata.constructs import EncryptedSecret
from kubestrata.constructs.identity import ClientSecret, OidcApplication, OidcLogin, SingleSignOn


class EncryptedLogin(Frozen):
    """An application, and the file of its Secret with the client's id and secret."""

    application: OidcApplication
    file: Path

    def sign_on(self, scope: Construct, name: str, *, id_key: str, secret_key: str) -> OidcLogin:
        """Create the Secret `name` in the namespace of `scope`, and return the login."""
        existing = EncryptedSecret(scope, name, file=self.file).secret
        secret = ClientSecret(name=name, id_key=id_key, secret_key=secret_key, existing=existing)
        return SingleSignOn(scope, self.application, secret=secret).login
