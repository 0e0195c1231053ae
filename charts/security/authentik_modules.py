"""Terraform modules around Authentik: its secrets in Vault, its token, its people."""

from charts.security.authentik import READABLE, Authentik
from kubestrata import Cluster, Component, Duration, Reconcile, Reference
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.secret import GeneratedPassword
from kubestrata.constructs.terraform import (
    Terraform,
    TerraformInputs,
    TerraformModule,
    TerraformRunner,
    TerraformSpec,
)

_TOKEN = "authentik_token"  # noqa: S105  # a key
# The first run downloads its providers.
_APPLIED = Reconcile(timeout=Duration("10m"))


class SignOnSecrets(Component):
    """A module that generates Authentik's token and Harbor's first password, into Vault.

    `applied` is what readers of these entries wait for.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        inputs: TerraformInputs,
        runner: TerraformRunner,
    ) -> None:
        name = "sso-secrets"
        super().__init__(scope, name, layer="security", namespace=namespace, reconcile=_APPLIED)
        module = TerraformModule(path="./terraform/gitops/secrets")
        self.applied = Terraform(self, name, module=module, inputs=inputs, runner=runner)


class AuthentikToken(Component):
    """The token of Authentik's API in the namespace of the modules."""

    def __init__(
        self, scope: Cluster, *, namespace: Reference, token: RemoteKey, before: Reference
    ) -> None:
        name = "authentik-api-token"
        super().__init__(scope, name, layer="security", namespace=namespace)
        self.needs(before)
        source = SecretSource.keys({_TOKEN: token})
        self.secret = ExternalSecret(self, name, source=source).secret

    def inputs(self, url: str) -> TerraformInputs:
        """Return the address of Authentik and the token, as variables of a module."""
        return TerraformInputs(
            values={"authentik_url": url}, secrets={_TOKEN: self.secret.key(_TOKEN)}
        )


class AuthentikUsers(Component):
    """People of Authentik: the owner of the cluster, with a generated password."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        authentik: Authentik,
        inputs: TerraformInputs,
        runner: TerraformRunner,
    ) -> None:
        name = "authentik-blueprint-users"
        super().__init__(scope, name, layer="security", namespace=namespace, reconcile=_APPLIED)
        self.needs(authentik)
        owner = "agentydragon-user-password"
        password = GeneratedPassword(
            self,
            owner,
            keys=["user_password"],
            format=READABLE,
            generator_name=f"{owner}-generator",
        ).secret
        self.applied = Terraform(
            self,
            name,
            module=TerraformModule(path="./terraform/authentik-blueprint/users"),
            inputs=TerraformInputs(
                values=inputs.values,
                secrets={**inputs.secrets, "user_password": password.key("user_password")},
            ),
            runner=runner,
            spec=TerraformSpec(interval=Duration("1h")),
        )
