"""What a workload keeps data in, and what it may do in the cloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.cloud import Statement
from kubestrata.constructs.data import PostgresSpec, ValkeySpec
from kubestrata.core.declaration import Declaration


class WorkloadBucket(Declaration, kw_only=True):
    """A private, encrypted bucket that the workload reads and writes."""

    expiration_days: (
        Annotated[int, Meta(ge=1, description="When objects go; never unless given.")] | None
    ) = None


class Dependencies(Declaration, kw_only=True):
    """Services of its own; the container is told of them by variables.

    `DATABASE_URL` of PostgreSQL; `VALKEY_HOST`, `VALKEY_PORT`, `VALKEY_PASSWORD` and `VALKEY_URL`
    of Valkey; `BUCKET_NAME` and `AWS_REGION` of the bucket. What the container states itself, it
    is not told.
    """

    postgres: Annotated[PostgresSpec | None, Meta(description="A database.")] = None
    valkey: Annotated[ValkeySpec | None, Meta(description="A cache.")] = None
    bucket: Annotated[WorkloadBucket | None, Meta(description="A bucket.")] = None


class CloudIdentity(Declaration, kw_only=True):
    """What the pods may do in the cloud, beside using their own bucket."""

    statements: Annotated[
        Sequence[Statement], Meta(min_length=1, max_length=16, description="As IAM states it.")
    ]
