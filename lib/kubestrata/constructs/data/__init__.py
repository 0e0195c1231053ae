"""Databases, caches, message brokers and buckets of applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.data.bucket import Bucket, BucketSpec
    from kubestrata.constructs.data.bucket_location import AccessKeys, BackupStore, BucketLocation
    from kubestrata.constructs.data.dragonfly import Dragonfly, DragonflySpec
    from kubestrata.constructs.data.kafka import Kafka
    from kubestrata.constructs.data.kafka_spec import (
        JmxMetrics,
        KafkaExporter,
        KafkaHeap,
        KafkaRight,
        KafkaSpec,
        KafkaTopicSpec,
    )
    from kubestrata.constructs.data.kafka_topic import KafkaTopic
    from kubestrata.constructs.data.kafka_user import KafkaUser
    from kubestrata.constructs.data.operator import (
        DragonflyOperator,
        KafkaOperator,
        MigrationOperator,
        PostgresOperator,
        PostgresProvider,
    )
    from kubestrata.constructs.data.pg_bouncer import PgBouncer
    from kubestrata.constructs.data.pg_bouncer_spec import PgBouncerSpec
    from kubestrata.constructs.data.postgres import Postgres
    from kubestrata.constructs.data.postgres_backup_spec import (
        BackupKeys,
        CnpgSchedule,
        PostgresBackup,
        PostgresRestore,
    )
    from kubestrata.constructs.data.postgres_identity import backup_statements
    from kubestrata.constructs.data.postgres_spec import (
        PerformanceInsights,
        PostgresDatabase,
        PostgresPooler,
        PostgresRole,
        PostgresSpec,
        PostgresSynchronous,
    )
    from kubestrata.constructs.data.schema_migration import SchemaMigration
    from kubestrata.constructs.data.valkey import Valkey, ValkeySpec

__all__ = [
    "AccessKeys",
    "BackupKeys",
    "BackupStore",
    "Bucket",
    "BucketLocation",
    "BucketSpec",
    "CnpgSchedule",
    "Dragonfly",
    "DragonflyOperator",
    "DragonflySpec",
    "JmxMetrics",
    "Kafka",
    "KafkaExporter",
    "KafkaHeap",
    "KafkaOperator",
    "KafkaRight",
    "KafkaSpec",
    "KafkaTopic",
    "KafkaTopicSpec",
    "KafkaUser",
    "MigrationOperator",
    "PerformanceInsights",
    "PgBouncer",
    "PgBouncerSpec",
    "Postgres",
    "PostgresBackup",
    "PostgresDatabase",
    "PostgresOperator",
    "PostgresPooler",
    "PostgresProvider",
    "PostgresRestore",
    "PostgresRole",
    "PostgresSpec",
    "PostgresSynchronous",
    "SchemaMigration",
    "Valkey",
    "ValkeySpec",
    "backup_statements",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "bucket": "Bucket BucketSpec",
        "bucket_location": "AccessKeys BackupStore BucketLocation",
        "dragonfly": "Dragonfly DragonflySpec",
        "kafka": "Kafka",
        "kafka_spec": "JmxMetrics KafkaExporter KafkaHeap KafkaRight KafkaSpec KafkaTopicSpec",
        "kafka_topic": "KafkaTopic",
        "kafka_user": "KafkaUser",
        "operator": (
            "DragonflyOperator KafkaOperator MigrationOperator PostgresOperator PostgresProvider"
        ),
        "pg_bouncer": "PgBouncer",
        "pg_bouncer_spec": "PgBouncerSpec",
        "postgres": "Postgres",
        "postgres_backup_spec": "BackupKeys CnpgSchedule PostgresBackup PostgresRestore",
        "postgres_identity": "backup_statements",
        "postgres_spec": (
            "PerformanceInsights PostgresDatabase PostgresPooler PostgresRole PostgresSpec "
            "PostgresSynchronous"
        ),
        "schema_migration": "SchemaMigration",
        "valkey": "Valkey ValkeySpec",
    },
)
