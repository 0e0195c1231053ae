"""One PostgreSQL instance that the applications of a small cluster share."""

from collections.abc import Mapping
from pathlib import Path

from charts import container_image
from kubestrata import Cluster, Component, Duration, Namespace, Reconcile, Reference
from kubestrata.constructs import EncryptedSecret
from kubestrata.constructs.data import (
    Postgres,
    PostgresBackup,
    PostgresDatabase,
    PostgresRole,
    PostgresSpec,
)

NAME = "postgres-cluster"


class SinglePostgres(Component):
    """The instance in the namespace `postgres`, with a database and its owner for each login.

    `owners` are the encrypted Secrets `<database>-owner` by the name of their database. There are
    no backups but the snapshots of the volume.
    """

    def __init__(
        self, scope: Cluster, *, storage_class: Reference, owners: Mapping[str, Path]
    ) -> None:
        super().__init__(
            scope,
            NAME,
            layer="infrastructure",
            namespace=Namespace("postgres", pod_security="restricted"),
            # The first start creates the databases.
            reconcile=Reconcile(timeout=Duration("10m")),
        )
        logins = {
            name: EncryptedSecret(self, f"{name}-owner", file=file).secret
            for name, file in owners.items()
        }
        self.postgres = Postgres(
            self,
            NAME,
            spec=PostgresSpec(
                instances=1,
                image=container_image.POSTGRES_16,
                storage_class=storage_class.name,
                databases=[PostgresDatabase(name=name, owner=name) for name in logins],
                roles=[PostgresRole.of(name, login) for name, login in logins.items()],
                backup=PostgresBackup(enabled=False),
            ),
        )
        self.service = self.postgres.service
