"""Single sign-on of talos: Authentik, configured by Terraform, one module for each application."""

from dataclasses import replace

from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.clusters.talos.network import Network
from charts.clusters.talos.secrets import Secrets
from charts.observability.kube_prometheus_stack.with_grafana import ADMINISTRATORS
from charts.security.authentik import Authentik
from charts.security.authentik_modules import AuthentikToken, AuthentikUsers, SignOnSecrets
from charts.security.vault_sign_on import VaultClient, VaultOidcAuth
from kubestrata import Cluster, Frozen
from kubestrata.constructs import RemoteKey
from kubestrata.constructs.identity import (
    ApplicationModules,
    TerraformLogins,
    TerraformOutposts,
)
from kubestrata.constructs.terraform import (
    TerraformController,
    TerraformInputs,
    TerraformRunner,
    TrustedCa,
)
from kubestrata.constructs.traffic import Ingresses

MODULES = "./terraform/authentik-blueprint/{id}"
"""Folders of the repository with a module for each application."""
_TOKEN = RemoteKey("sso/client-secrets", "authentik_api_token")


class SignOn(Frozen):
    """Authentik, and what a module needs that configures it.

    `logins` are those of the cluster. `runner` trusts the internal authority; `vault` are the
    address and the token of Vault.
    """

    authentik: Authentik
    logins: TerraformLogins
    secrets: SignOnSecrets
    runner: TerraformRunner
    vault: TerraformInputs


def sign_on(
    cluster: Cluster,
    namespaces: Namespaces,
    foundation: Foundation,
    secrets: Secrets,
    network: Network,
) -> SignOn:
    """Add Authentik and its people, and provide it as the login provider of the cluster."""
    flux_system = namespaces.flux_system
    cluster.offer(TerraformController(foundation.tofu.release.pods, foundation.tofu))
    runner = TerraformRunner(
        service_account=foundation.tofu.runner.name,
        trusted_ca=TrustedCa(foundation.bundle.copy_in(flux_system)),
    )
    vault = TerraformInputs(
        values={"vault_address": secrets.server.address},
        secrets={"vault_token": secrets.root_token.key("vault_token")},
    )
    written = SignOnSecrets(cluster, namespace=flux_system, inputs=vault, runner=runner)
    authentik = Authentik(
        cluster,
        namespace=namespaces.authentik,
        controller=cluster.ask(Ingresses).with_visibility("public"),
        issuer=network.issuer,
        token=_TOKEN,
        before=written.applied.ready,
        # The module of Harbor names the second one.
        groups=[ADMINISTRATORS, "harbor-admins"],
    )
    token = AuthentikToken(
        cluster, namespace=flux_system, token=_TOKEN, before=written.applied.ready
    )
    people = token.inputs(authentik.url)
    users = AuthentikUsers(
        cluster, namespace=flux_system, authentik=authentik, inputs=people, runner=runner
    )
    both = TerraformInputs(
        values={**people.values, **vault.values}, secrets={**people.secrets, **vault.secrets}
    )
    modules = ApplicationModules(
        path=MODULES,
        component="authentik-blueprint-{id}",
        names={"grafana": "grafana-sso"},
        layer="security",
        namespace=flux_system,
        inputs=both,
        after=[authentik],
        runner=runner,
    )
    logins = TerraformLogins(issuer=authentik.issuer_of(), entry="sso/{id}", modules=modules)
    cluster.offer(logins)
    cluster.offer(
        TerraformOutposts(
            modules=replace(modules, inputs=people, after=[users.applied.ready]),
            namespace=namespaces.authentik,
        )
    )
    client = VaultClient(
        cluster, server=secrets.server, host=cluster.host("vault"), modules=flux_system
    )
    VaultOidcAuth(cluster, namespace=flux_system, client=client, inputs=vault, runner=runner)
    return SignOn(authentik, logins, written, runner, vault)
