"""Spec of a database's backups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from kubestrata.constructs.data.bucket_location import AccessKeys, BucketLocation, bucket_flows
from kubestrata.constructs.network.flow import Flow
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.text import Text

_FIELDS = 6
_SECONDS = re.compile(r"(\*|[0-5]?[0-9])(/[1-9][0-9]?)?(,[0-5]?[0-9])*\Z")


class CnpgSchedule(Text):
    """A six-field schedule, seconds first: `0 30 2 * * *` is 02:30 UTC.

    Source: ScheduledBackup's `spec.schedule`, read by robfig/cron with seconds.
    """

    __slots__ = ()
    PATTERN: ClassVar[str] = r"[0-9*/,]+( +[0-9A-Za-z*?,/-]+){5}"

    @classmethod
    def _checked(cls, value: str) -> str:
        fields = value.split()
        if len(fields) != _FIELDS:
            why = f"has {len(fields)} fields; a schedule of CloudNativePG has 6, seconds first"
            fix = f"write '0 {value}'" if len(fields) == _FIELDS - 1 else None
            raise cls._refuse(value, why, fix)
        if not _SECONDS.match(fields[0]):
            raise cls._refuse(value, f"the seconds field {fields[0]!r} is not within 0-59")
        try:
            Cron(" ".join(fields[1:]))
        except InvalidValue as error:
            raise cls._refuse(value, error.why, error.fix) from None
        return value


_MOMENT = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
_NIGHTLY = CnpgSchedule("0 0 2 * * *")


class BackupKeys(Declaration, kw_only=True):
    """A Secret with an access key, and its keys."""

    secret: str
    access_key_id: str
    secret_access_key: str


class PostgresBackup(Declaration, kw_only=True):
    """Base backups on a schedule and the log all the time, kept for `retention`.

    They go to `bucket`, below `path`; without `bucket`, to the cluster's BackupStore. Without
    `keys` the instances use their cloud identity. `enabled=False` is for data that may be lost.
    """

    enabled: bool = True
    schedule: Annotated[CnpgSchedule, Meta(description="Six fields, seconds first.")] = _NIGHTLY
    retention: Annotated[str, Meta(pattern="^[1-9][0-9]*[dwm]$")] = "30d"
    bucket: str | None = None
    path: Annotated[str, Meta(description="Folder; the namespace unless said.")] | None = None
    region: str | None = None
    endpoint: Annotated[str, Meta(description="URL; AWS' own unless said.")] | None = None
    hosts: Annotated[Sequence[str], Meta(description="DNS names that instances call.")] = ()
    keys: BackupKeys | None = None
    jobs: Annotated[int, Meta(ge=1, description="Parallel uploads of a base backup.")] | None = None
    immediate_checkpoint: Annotated[
        bool, Meta(description="Whether a base backup starts at once, with a burst of writes.")
    ] = False
    target: Annotated[
        Literal["prefer-standby", "primary"] | None,
        Meta(description="The instance that is read; CloudNativePG's own choice unless given."),
    ] = None
    owner: Annotated[
        Literal["cluster", "none", "self"],
        Meta(description="The object whose deletion deletes the Backup objects."),
    ] = "cluster"

    def __post_init__(self) -> None:
        """Reject settings of a bucket that is not named."""
        super().__post_init__()
        if self.bucket is None:
            for field in ("region", "endpoint", "keys"):
                if getattr(self, field) is not None:
                    why = "describes a bucket, but bucket is not set"
                    raise self.refuse(field, why, "set bucket, or write PostgresBackup().to(...)")

    @property
    def folder(self) -> str:
        """Return the parent folder of the databases' own folders."""
        return self.path or ""

    @property
    def is_native(self) -> bool:
        """Return True if a setting exists in native objects only, and not in those of providers."""
        return bool(
            self.jobs or self.immediate_checkpoint or self.target or self.owner != "cluster"
        )

    @property
    def flows(self) -> list[Flow]:
        """Return the egress of the instances to the bucket, without that to the pod identity."""
        return bucket_flows(self.hosts, self.endpoint)

    def to(self, location: BucketLocation) -> PostgresBackup:
        """Return the same backups, sent to `location`."""
        keys = location.keys
        return PostgresBackup(
            enabled=self.enabled,
            schedule=self.schedule,
            retention=self.retention,
            path=self.path,
            bucket=location.name,
            region=location.region,
            endpoint=location.endpoint,
            hosts=location.hosts,
            keys=None if keys is None else _keys(keys),
            jobs=self.jobs,
            immediate_checkpoint=self.immediate_checkpoint,
            target=self.target,
            owner=self.owner,
        )


class PostgresRestore(Declaration, kw_only=True):
    """The data of a backup in place of an empty database, taken when the database is first made.

    `name` is the database that was backed up, `path` the folder that holds it and `bucket` the
    bucket, by default those of this database's backups. `until` is the point in time to recover,
    by default the newest.
    """

    name: Annotated[str, Meta(pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
    path: Annotated[str, Meta(description="Folder; that of this database unless said.")] | None = (
        None
    )
    bucket: Annotated[str, Meta(min_length=1)] | None = None
    until: Annotated[str, Meta(pattern=_MOMENT, description="A moment in RFC 3339.")] | None = None


def _keys(keys: AccessKeys) -> BackupKeys:
    return BackupKeys(
        secret=keys.secret.name, access_key_id=keys.id_key, secret_access_key=keys.secret_key
    )
