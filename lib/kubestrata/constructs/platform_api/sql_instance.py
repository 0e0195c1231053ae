"""SQLInstance: the kind of a platform's API that databases are claimed as, and its facts."""

from __future__ import annotations

from pathlib import Path

from kubestrata.constructs.data import PostgresOperator, PostgresSpec
from kubestrata.constructs.platform_api.platform_kind import PlatformKind
from kubestrata.core.cluster import Cluster
from kubestrata.core.json_value import JsonObject

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


def sql_environment(cluster: Cluster) -> JsonObject:
    """What a SQLInstance's composition reads of its cluster: who sends the backups."""
    operator = cluster.find(PostgresOperator)
    return {"postgresBackups": operator.backups if operator is not None else "instance"}
