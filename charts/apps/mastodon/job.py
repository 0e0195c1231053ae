"""Containers of Mastodon's jobs, which connect to the primary without a pool."""

from collections.abc import Mapping

from charts.apps.mastodon.database import DATABASE
from charts.apps.mastodon.environment import AUTHORITY, AUTHORITY_FOLDER, MastodonServices
from charts.apps.mastodon.part import USER, WRITES
from charts.apps.mastodon.placement import SPARE_NODES
from kubestrata import Quantity
from kubestrata.constructs import (
    Container,
    PodSecurity,
    PodSettings,
    Resources,
    SecretKey,
    Volume,
)
from kubestrata.constructs.workload import EnvironmentSource

JOB = {"mastodon-job": "true"}
"""The label of the pods of all jobs, for network policies."""


def job_container(
    services: MastodonServices,
    *command: str,
    env: Mapping[str, str | SecretKey] | None = None,
    resources: Resources | None = None,
) -> Container:
    """Return a container that runs a command of Mastodon with one connection to the database."""
    login = services.database.login
    return Container(
        port=None,
        args=command,
        env_from=[EnvironmentSource(secret=services.secrets.name)],
        env={
            "RAILS_ENV": "production",
            # Migrations need sessions, which pools by transaction do not keep.
            "DB_HOST": services.database.primary,
            "DB_PORT": "5432",
            "DB_NAME": DATABASE,
            "DB_USER": login.key("username"),
            "DB_PASS": login.key("password"),
            "DB_SSLMODE": "verify-ca",
            "PGSSLROOTCERT": AUTHORITY,
            "DB_POOL": "1",
            "PREPARED_STATEMENTS": "false",
            "DATABASE_TIMEOUT": "60",
            **(env or {}),
        },
        mounts={AUTHORITY_FOLDER: "db-ca"},
        resources=resources or Resources(memory=Quantity("1Gi")),
        exceptions=[WRITES],
    )


def job_pod(services: MastodonServices) -> PodSettings:
    """Return the settings of the pods of a job."""
    return PodSettings(
        labels=JOB,
        security=PodSecurity(user=USER),
        scheduling=SPARE_NODES,
        volumes={"db-ca": Volume.secret(services.database.authority.name)},
    )
