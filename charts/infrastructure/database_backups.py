"""The bucket for backups of the platform's databases."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.cloud import Expiration, S3Bucket

_KEPT_DAYS = 60


class DatabaseBackups(Component):
    """A bucket whose objects expire after 60 days.

    Each database can write only to its own folder: see EksPodIdentities.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "database-backups", layer="infrastructure", namespace=namespace)
        self.bucket = S3Bucket(
            self, "cnpg-backups", expiration=Expiration(days=_KEPT_DAYS, replaced_days=7)
        )
