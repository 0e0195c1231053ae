"""SQLInstance: the kind of a platform's API that PostgreSQL databases are claimed as."""

from __future__ import annotations

from pathlib import Path

from kubestrata.constructs.data.postgres_spec import PostgresSpec
from kubestrata.constructs.platform_api.platform_kind import PlatformKind

SQL_INSTANCE = PlatformKind(
    kind="SQLInstance",
    plural="sqlinstances",
    declaration=PostgresSpec,
    composition=Path(__file__).with_name("sql_instance.k"),
    creates=frozenset(
        {
            "db.atlasgo.io",
            "kustomize.toolkit.fluxcd.io",
            "postgresql.cnpg.io",
            "source.toolkit.fluxcd.io",
        }
    ),
)
