"""Cloud identity that PostgreSQL instances send their backups with if they have no key."""

from __future__ import annotations

from kubestrata.constructs.cloud.aws_account import AwsAccount
from kubestrata.constructs.cloud.pod_identity import PodIdentity
from kubestrata.constructs.cloud.statement import Statement
from kubestrata.constructs.data.bucket_location import BackupStore
from kubestrata.constructs.data.postgres_spec import PostgresSpec
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_LIST = ("s3:GetBucketLocation", "s3:ListBucket")
_OBJECTS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)


def found(component: Component, id: str, spec: PostgresSpec) -> PodIdentity | None:
    """Return the identity that the cluster's BackupStore has for a database; None if none.

    Raises InvalidValue for a restore whose source that identity cannot read.
    """
    store = component.cluster.find(BackupStore)
    if store is None or spec.backup.bucket != store.bucket.name:
        return None
    identity = store.identity_of(id, component.home_namespace.object_name)
    if identity is not None and spec.restore is not None:
        why = "reads a folder that the database's identity in the BackupStore cannot read"
        raise spec.refuse("restore", why, "pass an identity that reads both")
    return identity


def make(
    scope: Construct, id: str, service_account: Reference, spec: PostgresSpec
) -> PodIdentity | None:
    """Create the PodIdentity named `id`, limited to the folder of the backups.

    Return None where backups are disabled or a key is used. Raises MissingOffer for a cluster
    that has neither keys nor an AwsAccount.
    """
    backup = spec.backup
    if not backup.enabled or backup.keys is not None:
        return None
    account = component_of(scope).cluster.ask(AwsAccount)
    arn = account.global_arn("s3", str(backup.bucket), owned=False)
    statements = backup_statements(arn, f"{backup.folder}/{id}")
    if spec.restore is not None:
        source = arn
        if spec.restore.bucket is not None:
            source = account.global_arn("s3", spec.restore.bucket, owned=False)
            statements.append(Statement(actions=_LIST, resources=[source]))
        source = f"{source}/{spec.restore.path or backup.folder}/{spec.restore.name}/*"
        statements.append(Statement(actions=["s3:GetObject"], resources=[source]))
    return PodIdentity(scope, id, service_account=service_account, statements=statements)


def backup_statements(bucket: str, folder: str) -> list[Statement]:
    """Return the statements needed to keep backups in a folder of a bucket, given by its ARN.

    Barman checks that the bucket exists before it names a folder, so it may list all of it.
    """
    return [
        Statement(actions=_LIST, resources=[bucket]),
        Statement(actions=_OBJECTS, resources=[f"{bucket}/{folder}/*"]),
    ]
