"""A daily check that the backups of a database are in their bucket."""

from charts import container_image
from charts.tooling.shared_postgres import SharedPostgres
from kubestrata import Cluster, Component, Cron, Quantity, Reference
from kubestrata.constructs import (
    Container,
    PodSecurity,
    PodSettings,
    Resources,
    ScheduledJob,
)

_USER = 10001
_HOME = "/tmp"  # noqa: S108  # in a container, and a volume of its own
# Barman keeps base backups and segments of the log below the name of the server, which is that of
# the folder, too. The image has no text tools, so the script uses the shell and `mc` only.
_SCRIPT = """\
set -eu
fail() { echo "$1" >&2; exit 1; }
mc alias set store "$S3_ENDPOINT" "$S3_ACCESS_KEY" "$S3_SECRET_KEY" > /dev/null
folder="store/$BUCKET_NAME/$CNPG_SHARED_CLUSTER_NAME/$CNPG_SHARED_CLUSTER_NAME"
mc find "$folder/base" --name backup.info | read -r any || fail "no base backup"
mc find "$folder/base" --name backup.info --newer-than 2d | read -r any \\
  || fail "no base backup within 48 hours"
mc find "$folder/wals" | read -r any || fail "no segment of the log"
echo "the backups are complete"
"""


class BackupValidation(Component):
    """A CronJob that fails unless there is a base backup, a recent one, and a log."""

    def __init__(self, scope: Cluster, *, namespace: Reference, database: SharedPostgres) -> None:
        name = "cnpg-backup-validation"
        super().__init__(scope, name, layer="tooling", namespace=namespace)
        bucket, keys = database.bucket, database.keys
        self.job = ScheduledJob(
            self,
            name,
            image=container_image.MINIO_CLIENT,
            schedule=Cron("0 3 * * *"),
            retries=2,
            container=Container(
                port=None,
                command=["/bin/bash", "-c", _SCRIPT],
                env={
                    "S3_ENDPOINT": bucket.endpoint or "",
                    "BUCKET_NAME": bucket.name,
                    "CNPG_SHARED_CLUSTER_NAME": database.postgres.cluster,
                    "MC_CONFIG_DIR": f"{_HOME}/.mc",
                    "S3_ACCESS_KEY": keys.key("ACCESS_KEY_ID"),
                    "S3_SECRET_KEY": keys.key("SECRET_ACCESS_KEY"),
                },
                writable={_HOME: Quantity("16Mi")},
                resources=Resources.of("50m", "64Mi", "200m", "128Mi"),
            ),
            pod=PodSettings(security=PodSecurity(user=_USER)),
        )
        self.job.allow(*bucket.flows)
