"""Object storage for an application, in the cloud of its cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.cloud.s3_bucket import Expiration, S3Bucket
from kubestrata.constructs.cloud.statement import Statement
from kubestrata.constructs.data.bucket_location import BucketLocation
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ReferenceName


class BucketSpec(Declaration, kw_only=True):
    """Settings of a bucket; noncurrent versions expire after 30 days by default."""

    versioned: bool = True
    expiration_days: Annotated[int, Meta(ge=1, description="Objects go after.")] | None = None
    replaced_days: Annotated[int, Meta(ge=1, description="Replaced versions go after.")] = 30


class Bucket(Construct):
    """A private, encrypted bucket of AWS S3, with versions and a lifecycle.

    The objects are those of `S3Bucket`. Raises MissingOffer where the cluster provides no
    AwsAccount; an existing bucket is a `BucketLocation`.
    """

    def __init__(self, scope: Construct, id: str, *, spec: BucketSpec | None = None) -> None:
        super().__init__(scope, f"{id}-storage")
        self.spec = spec = spec or BucketSpec()
        self._made = S3Bucket(
            self,
            id,
            expiration=Expiration(spec.expiration_days, replaced_days=spec.replaced_days),
            versioning="Enabled" if spec.versioned else "Suspended",
        )
        self.resource = self._made.resource

    @property
    def name(self) -> ReferenceName:
        """Return the bucket's name in the cloud; using it makes an edge."""
        return ReferenceName(self._made.name, self._made.ready)

    @property
    def arn(self) -> str:
        """Return the ARN that policies name."""
        return self._made.arn

    @property
    def ready(self) -> Reference:
        """Return the object to wait for before objects are uploaded."""
        return self._made.ready

    @property
    def location(self) -> BucketLocation:
        """Return the bucket's location, for backups and clients."""
        return BucketLocation.of(self._made)

    def grant_read(self) -> Sequence[Statement]:
        """Return the statements that a PodIdentity needs to read the bucket."""
        return self._made.grant_read()

    def grant_write(self) -> Sequence[Statement]:
        """Return the statements that a PodIdentity needs to read and change the bucket."""
        return self._made.grant_write()
