"""Single sign-on of cloudlab: Authentik, and a login before every route that has none."""

from collections.abc import Mapping

from charts.clusters.cloudlab.secret_file import secret_file
from charts.infrastructure.single_postgres import SinglePostgres
from charts.observability.grafana_login import grafana_application
from charts.security.authentik_in_git import AuthentikFiles, AuthentikInGit
from charts.security.encrypted_login import EncryptedLogin
from charts.security.inject_forward_auth import InjectForwardAuth, opt_out
from charts.tooling.forgejo import forgejo_application
from charts.tooling.headlamp import headlamp_application
from kubestrata import Cluster, Frozen
from kubestrata.constructs import GatewayReference


class SignOn(Frozen):
    """Logins of the applications that have one of their own, and the label of their routes."""

    authentik: AuthentikInGit
    policy: InjectForwardAuth
    forgejo: EncryptedLogin
    grafana: EncryptedLogin
    headlamp: EncryptedLogin
    skip: Mapping[str, str]


def sign_on(cluster: Cluster, *, gateway: GatewayReference, postgres: SinglePostgres) -> SignOn:
    """Add Authentik as the cluster's provider of logins, and the policy for all other routes."""
    forgejo = forgejo_application(cluster.host("forgejo"))
    grafana = grafana_application(cluster.host("grafana"))
    headlamp = headlamp_application(cluster.host("headlamp"))
    authentik = AuthentikInGit(
        cluster,
        gateway=gateway,
        database=postgres.service,
        applications=[forgejo, grafana, headlamp],
        files=AuthentikFiles(
            secrets=secret_file("authentik-secrets"), clients=secret_file("authentik-clients")
        ),
        route_labels=opt_out(cluster),
    )
    cluster.offer(authentik.logins)
    auth = authentik.proxy.before(authentik.address, "traefik")
    return SignOn(
        authentik=authentik,
        policy=InjectForwardAuth(cluster, auth=auth),
        forgejo=EncryptedLogin(forgejo, secret_file("forgejo-login")),
        grafana=EncryptedLogin(grafana, secret_file("grafana-login")),
        headlamp=EncryptedLogin(headlamp, secret_file("headlamp-login")),
        skip=opt_out(cluster),
    )
