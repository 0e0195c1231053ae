"""Where the platform's databases keep their backups."""

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.cloud import Expiration, S3Bucket

_KEPT_DAYS = 60


class DatabaseBackups(Component):
    """A bucket; what databases leave behind in it goes after 60 days.

    Each database may write its own folder and no other: see EksPodIdentities.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "database-backups", layer="infrastructure", namespace=namespace)
        self.bucket = S3Bucket(
            self, "database-backups", expiration=Expiration(days=_KEPT_DAYS, replaced_days=7)
        )
