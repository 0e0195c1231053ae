"""Spec of a PostgreSQL database: the argument of `Postgres`, the spec of a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.data.postgres_backup_spec import PostgresBackup, PostgresRestore
from kubestrata.constructs.data.schema_migration import SchemaMigration
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

# The `system` image variant has Barman Cloud, which instances need to send backups.
_IMAGE = Image("ghcr.io/cloudnative-pg/postgresql:17.7-system-trixie")
_Name = Annotated[
    str, Meta(pattern="^[a-z_][a-z0-9_]*$", max_length=63, description="A name in PostgreSQL.")
]
Size = Literal["large", "medium", "small"]


class PostgresRole(Declaration, kw_only=True):
    """A role that may log in; `password_secret` is a Secret with `username` and `password`."""

    name: _Name
    password_secret: Annotated[str, Meta(min_length=1, description="Name of a Secret.")]
    create_database: bool = False
    in_roles: Sequence[_Name] = ()
    connection_limit: Annotated[int, Meta(ge=-1)] = -1

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


class PostgresPooler(Declaration, kw_only=True):
    """PgBouncer in front of the primary."""

    instances: Annotated[int, Meta(ge=1)] = 2
    mode: Literal["session", "transaction"] = "transaction"
    max_client_connections: Annotated[int, Meta(ge=1)] = 1000
    pool_size: Annotated[int, Meta(ge=1, description="Connections per user and database.")] = 20


class PostgresSpec(Declaration, kw_only=True):
    """A PostgreSQL cluster with one database and its owner, and what is wanted beside them.

    `size` sets CPU, memory and the parameters that depend on it. `parameters` are PostgreSQL's own.
    Raises InvalidValue for databases with an undeclared owner, and for duplicate names.
    """

    instances: Annotated[int, Meta(ge=1, le=9, description="One primary, the rest replicas.")] = 2
    size: Size = "small"
    storage: Annotated[Quantity, Meta(description="Of each instance.")] = Quantity("10Gi")
    wal_storage: Annotated[Quantity, Meta(description="A volume for the log.")] | None = None
    storage_class: str | None = None
    image: Annotated[Image, Meta(description="Begins with PostgreSQL's version.")] = _IMAGE
    parameters: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    database: _Name = "app"
    owner: _Name = "app"
    extensions: Annotated[Sequence[str], Meta(description="In the first database.")] = ()
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
        for twice in _repeated(roles):
            raise self.refuse("roles", f"name {twice!r} twice, including the owner")
        for twice in _repeated([self.database, *(each.name for each in self.databases)]):
            raise self.refuse("databases", f"name {twice!r} twice, including the first one")
        if self.restore is not None and not self.backup.enabled:
            why = "takes a backup from a bucket, but backups are disabled"
            raise self.refuse("restore", why, "leave backup.enabled on")
        for each in self.databases:
            if each.owner not in roles:
                why = f"{each.name!r} belongs to {each.owner!r}, which is not a declared role"
                raise self.refuse("databases", why, f"one of {', '.join(roles)}, or add the role")


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({str(name) for name in names if names.count(name) > 1})
