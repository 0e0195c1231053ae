"""Single sign-on of Vault, configured by a module of Terraform."""

from charts.security.vault_server import VaultServer
from kubestrata import Cluster, Component, Duration, Host, Reconcile, Reference
from kubestrata.constructs.identity import (
    ClientSecret,
    OidcApplication,
    OidcLogin,
    SingleSignOn,
)
from kubestrata.constructs.secret import ReflectedTo
from kubestrata.constructs.terraform import (
    Terraform,
    TerraformInputs,
    TerraformModule,
    TerraformRunner,
)

_NAME = "vault"
_SECRET = "client_secret"  # noqa: S105  # a key


class VaultClient(Component):
    """The client of Vault at the login provider, copied to the namespace `modules`."""

    def __init__(
        self, scope: Cluster, *, server: VaultServer, host: Host, modules: Reference
    ) -> None:
        home = server.home_namespace
        super().__init__(scope, "vault-sign-on", layer="security", namespace=home)
        self.host = host
        # The second is where the module sends people who log in at the command line.
        paths = ("ui/vault/auth/oidc/oidc/callback", "oidc/callback")
        vault = OidcApplication(id=_NAME, redirects=[f"https://{host}/{path}" for path in paths])
        secret = ClientSecret(name=f"{_NAME}-oauth-client-secret", copies=ReflectedTo([modules]))
        self.login: OidcLogin = SingleSignOn(self, vault, secret=secret).login


class VaultOidcAuth(Component):
    """The module that enables the login in Vault, once the client exists."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        client: VaultClient,
        inputs: TerraformInputs,
        runner: TerraformRunner,
    ) -> None:
        name = "vault-oidc-auth"
        super().__init__(
            scope,
            name,
            layer="security",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("10m")),
        )
        login = client.login
        secret = login.secret.copy_in(namespace).key(_SECRET)
        variable = "vault_client_secret"
        before = [login.registered] if login.registered is not None else []
        self.applied = Terraform(
            self,
            name,
            module=TerraformModule(path="./terraform/vault-oidc-auth"),
            inputs=TerraformInputs(
                values={
                    **inputs.values,
                    "authentik_oidc_discovery_url": login.issuer,
                    "vault_external_url": f"https://{client.host}",
                },
                secrets={**inputs.secrets, variable: secret},
                optional=[variable],
            ),
            after=before,
            runner=runner,
        )
