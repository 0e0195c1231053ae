"""Spec of a PostgreSQL database, the argument of `Postgres`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.data.postgres_backup_spec import PostgresBackup, PostgresRestore
from kubestrata.constructs.data.schema_migration import SchemaMigration
from kubestrata.constructs.scaling.pod_resources import PodResources
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

# The `system` image variant has Barman Cloud, which instances need to send backups.
_IMAGE = Image("ghcr.io/cloudnative-pg/postgresql:17.7-system-trixie")
_SUPERUSER = "postgres"
_HBA = re.compile(
    r"(#|(local|host|hostssl|hostnossl|hostgssenc|hostnogssenc)(\s+\S+){3,}|include\w*\s+\S)"
)
_Name = Annotated[
    str, Meta(pattern="^[a-z_][-a-z0-9_]*$", max_length=63, description="A name in PostgreSQL.")
]
Size = Literal["large", "medium", "small"]


class PostgresRole(Declaration, kw_only=True):
    """A role; `password_secret` is a Secret with `username` and `password`.

    Without a Secret it cannot log in, unless it is the owner of the first database, whose password
    CloudNativePG makes.
    """

    name: _Name
    password_secret: Annotated[str, Meta(min_length=1, description="Name of a Secret.")] | None = (
        None
    )
    superuser: bool = False
    create_database: bool = False
    in_roles: Sequence[_Name] = ()
    connection_limit: Annotated[int, Meta(ge=-1)] = -1
    comment: str | None = None

    @classmethod
    def of(
        cls, name: str, credentials: SecretReference, *, in_roles: Sequence[str] = ()
    ) -> PostgresRole:
        """Return the role with its password in a Secret; raises InvalidReference."""
        for key in ("username", "password"):
            credentials.key(key)
        return cls(name=name, password_secret=credentials.name, in_roles=in_roles)


class PostgresDatabase(Declaration, kw_only=True):
    """A further database; it stays when its declaration goes."""

    name: _Name
    owner: _Name
    extensions: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Reject an extension that is named twice."""
        super().__post_init__()
        for twice in _repeated(self.extensions):
            raise self.refuse("extensions", f"name {twice!r} twice", "remove one")

    @property
    def object_name(self) -> str:
        """Return the end of the name of its Database object."""
        return self.name.replace("_", "-").strip("-")


class PostgresPooler(Declaration, kw_only=True):
    """PgBouncer in front of the primary."""

    instances: Annotated[int, Meta(ge=1)] = 2
    mode: Literal["session", "transaction"] = "transaction"
    max_client_connections: Annotated[int, Meta(ge=1)] = 1000
    pool_size: Annotated[int, Meta(ge=1, description="Connections per user and database.")] = 20


class PerformanceInsights(Declaration, kw_only=True):
    """Statistics of all statements, and plans of some of the slow ones in the log, as JSON.

    `sample_rate` is the share of statements, 0 to 1, whose plan is logged if they take
    `min_duration` milliseconds or longer. `log_statement` selects the statements logged as text.
    """

    sample_rate: Annotated[float, Meta(ge=0, le=1)] = 0.2
    min_duration: Annotated[int, Meta(ge=0, description="Milliseconds.")] = 1000
    log_statement: Literal["all", "ddl", "mod", "none"] = "none"


class PostgresSynchronous(Declaration, kw_only=True):
    """Replicas that confirm each transaction before the client does.

    `number` of them, `any` or the `first` ones of a list that has at most `candidates` replicas.
    With `durability` `preferred`, fewer confirm while fewer are available.
    """

    method: Literal["any", "first"] = "any"
    number: Annotated[int, Meta(ge=1)] = 1
    candidates: Annotated[int, Meta(ge=1)] | None = None
    durability: Literal["preferred", "required"] = "preferred"


class PostgresSpec(Declaration, kw_only=True):
    """A PostgreSQL cluster with one database and its owner, and what is wanted beside them.

    `size` sets CPU, memory and the parameters that depend on it; `resources` replace CPU and memory
    only. `superuser` is a Secret with `username` and `password` of the user `postgres`, who can
    log in over the network then. `parameters` are PostgreSQL's own,
    `pg_hba` further lines of its file of that name. `init_sql` runs once in the first database,
    after its extensions. With `primary_update_strategy` `supervised`, a person switches to the new
    primary. Raises InvalidValue for databases with an undeclared owner, and for duplicate names.
    """

    POSITIVE: ClassVar[tuple[str, ...]] = ("storage", "wal_storage")
    instances: Annotated[int, Meta(ge=1, le=9, description="One primary, the rest replicas.")] = 2
    size: Size = "small"
    resources: PodResources | None = None
    storage: Annotated[Quantity, Meta(description="Of each instance.")] = Quantity("10Gi")
    wal_storage: Annotated[Quantity, Meta(description="A volume for the log.")] | None = None
    storage_class: str | None = None
    image: Annotated[Image, Meta(description="Begins with PostgreSQL's version.")] = _IMAGE
    primary_update_strategy: Literal["supervised", "unsupervised"] = "unsupervised"
    synchronous: Annotated[
        PostgresSynchronous | None, Meta(description="One replica, if there is one, unless given.")
    ] = None
    superuser: Annotated[str, Meta(min_length=1, description="Name of a Secret.")] | None = None
    parameters: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    pg_hba: Sequence[str] = ()
    insights: PerformanceInsights | None = None
    database: _Name = "app"
    owner: _Name = "app"
    extensions: Annotated[Sequence[str], Meta(description="In the first database.")] = ()
    init_sql: Annotated[str, Meta(min_length=1)] | None = None
    databases: Sequence[PostgresDatabase] = ()
    roles: Sequence[PostgresRole] = ()
    pooler: PostgresPooler | None = None
    backup: PostgresBackup = msgspec.field(default_factory=PostgresBackup)
    restore: PostgresRestore | None = None
    migration: SchemaMigration | None = None
    monitoring: bool = True
    priority: Annotated[str, Meta(description="Name of a PriorityClass.")] | None = None

    def __post_init__(self) -> None:
        """Reject contradictory settings."""
        super().__post_init__()
        roles = [self.owner, *(role.name for role in self.roles)]
        for twice in _repeated(roles[1:]):
            raise self.refuse("roles", f"name {twice!r} twice")
        if any(role.name == self.owner and role.password_secret for role in self.roles):
            why = f"sets a password of {self.owner!r}, the owner, which CloudNativePG makes"
            raise self.refuse("roles", why, "leave out password_secret")
        for twice in _repeated([self.database, *(each.name for each in self.databases)]):
            raise self.refuse("databases", f"name {twice!r} twice, including the first one")
        for twice in _repeated([each.object_name for each in self.databases]):
            raise self.refuse("databases", f"name two objects {twice!r}: '_' becomes '-' there")
        self._check_users()
        for line in self.pg_hba:
            if not _HBA.match(line):
                why = f"has {line!r}, which is not a line of that file"
                raise self.refuse("pg_hba", why, "write 'hostssl all all all scram-sha-256'")
        if self.restore is not None and not self.backup.enabled:
            why = "takes a backup from a bucket, but backups are disabled"
            raise self.refuse("restore", why, "leave backup.enabled on")
        for each in self.databases:
            if each.owner not in roles:
                why = f"{each.name!r} belongs to {each.owner!r}, which is not a declared role"
                raise self.refuse("databases", why, f"one of {', '.join(roles)}, or add the role")

    @property
    def is_native(self) -> bool:
        """Return True if a setting exists in native objects only, and not in those of providers."""
        settings = (self.resources, self.synchronous, self.superuser)
        return any(each is not None for each in settings) or self.backup.is_native

    def _check_users(self) -> None:
        """Reject replicas that do not exist, and an owner without a login."""
        if self.synchronous is not None and self.synchronous.number >= self.instances:
            why = f"is {self.synchronous.number}, but there are {self.instances - 1} replicas"
            raise self.refuse("synchronous", why, "write less, or raise instances")
        if self.owner == _SUPERUSER and self.superuser is None:
            why = f"is {_SUPERUSER!r}, whose password CloudNativePG does not make"
            raise self.refuse("owner", why, "set superuser, or name another owner")


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({str(name) for name in names if names.count(name) > 1})
