"""Where objects are kept, whoever made the bucket, and how pods prove that they may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubestrata.constructs.cloud.pod_identity import PodIdentity
from kubestrata.constructs.cloud.pod_identity_spec import ServiceAccountName
from kubestrata.constructs.cloud.s3_bucket import S3Bucket
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.reference import ReferenceName


@dataclass(frozen=True, slots=True)
class AccessKeys:
    """A Secret with an S3 access key: which of its keys hold the id and the secret part."""

    secret: SecretReference
    id_key: str = "ACCESS_KEY_ID"
    secret_key: str = "ACCESS_SECRET_KEY"  # noqa: S105  # the name of a key

    def __post_init__(self) -> None:
        self.secret.key(self.id_key)
        self.secret.key(self.secret_key)


@dataclass(frozen=True, slots=True)
class BucketLocation:
    """A bucket that speaks S3.

    `name` may be a ReferenceName: using it makes an edge to what makes the bucket. `endpoint` is
    the URL of the service, None for AWS; `hosts` are the DNS names that clients call. Without
    `keys` pods have an identity of the cloud.
    """

    name: str
    hosts: tuple[str, ...]
    region: str | None = None
    endpoint: str | None = None
    keys: AccessKeys | None = None

    @classmethod
    def aws(cls, name: str, region: str) -> BucketLocation:
        """A bucket of AWS S3 in `region`, reached as virtual host and by path."""
        hosts = (f"{name}.s3.{region}.amazonaws.com", f"s3.{region}.amazonaws.com")
        return cls(name, hosts, region)

    @classmethod
    def of(cls, bucket: S3Bucket) -> BucketLocation:
        """A bucket that was made."""
        return cls.aws(ReferenceName(bucket.name, bucket.ready), bucket.region)


@dataclass(frozen=True, slots=True)
class BackupStore:
    """What a cluster offers: where its databases are backed up unless they say where.

    `identities` are those that were made before the databases, for some or all of them.
    """

    bucket: BucketLocation
    identities: Mapping[ServiceAccountName, PodIdentity] = field(
        default_factory=dict[ServiceAccountName, PodIdentity]
    )

    def identity_of(self, database: str, namespace: str) -> PodIdentity | None:
        """The identity of a database's pods; None where none was made before."""
        return self.identities.get(ServiceAccountName(name=database, namespace=namespace))
