"""Tools of cloudlab: the forge with its runner, updates of dependencies, and the web UI."""

from collections.abc import Sequence

from charts import catalogue
from charts.clusters.cloudlab.infrastructure import Foundation
from charts.clusters.cloudlab.secret_file import secret_file
from charts.clusters.cloudlab.sign_on import SignOn
from charts.security.group_access import GroupAccess
from charts.tooling.forgejo import Forgejo, ForgejoSecrets
from charts.tooling.forgejo_runner import ForgejoRunner
from charts.tooling.headlamp import Headlamp
from charts.tooling.renovate import Renovate
from kubestrata import Cluster, Component, Namespace

# Authentik's own group of administrators.
ADMINISTRATORS = "authentik Admins"
_REPOSITORIES = ("connormckinnon93/cloudlab",)


def add_tools(cluster: Cluster, ground: Foundation, login: SignOn) -> Sequence[Component]:
    """Add the tools, whose logins are those of Authentik; return those with a release."""
    forgejo = Forgejo(
        cluster,
        gateway=ground.gateway,
        labels=login.skip,
        database=ground.postgres.service,
        storage_class=ground.nfs.storage_class,
        secrets=ForgejoSecrets(
            admin=secret_file("forgejo-admin"),
            database=secret_file("forgejo-database"),
            login=login.forgejo,
        ),
    )
    runner = ForgejoRunner(
        cluster,
        namespace=forgejo.home_namespace,
        forge=forgejo.service,
        registration=secret_file("forgejo-runner"),
    )
    # They look; changes are made in Git.
    GroupAccess(cluster, groups={ADMINISTRATORS: "view"})
    headlamp = Headlamp(
        cluster,
        namespace=Namespace("headlamp", pod_security="restricted"),
        issuer=login.authentik.host,
        readers=[ADMINISTRATORS],
        chart=catalogue.HEADLAMP.at("0.40.0"),
        replicas=1,
        login=login.headlamp,
        labels=login.skip,
    )
    renovate = Renovate(cluster, repositories=_REPOSITORIES, token=secret_file("renovate"))
    return forgejo, runner, headlamp, renovate
