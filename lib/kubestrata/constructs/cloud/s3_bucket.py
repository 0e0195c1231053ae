"""Private and encrypted S3 buckets."""

from __future__ import annotations

import math
from typing import Literal

from kubeapis import upbound_aws as aws
from kubestrata.constructs.cloud.kms_key import KmsKey
from kubestrata.constructs.cloud.managed import Managed
from kubestrata.constructs.cloud.statement import Statement
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_Lifecycle = aws.BucketLifecycleConfigurationSpecForProviderRule
_LIST = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_READ = ("s3:GetObject",)
_DELETE = "s3:DeleteObject"
_WRITE = (
    *_READ,
    "s3:AbortMultipartUpload",
    _DELETE,
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)


class Expiration(Frozen):
    """Days until objects expire; None keeps them. Noncurrent versions may expire earlier.

    After `archive_days` objects move to the storage class GLACIER; None leaves them.
    """

    days: int | None = None
    archive_days: int | None = None
    replaced_days: int = 30
    unfinished_days: int = 7

    def __post_init__(self) -> None:
        for days in (self.days, self.archive_days, self.replaced_days, self.unfinished_days):
            if days is not None and days < 1:
                raise InvalidValue(f"Expiration({days!r})", "is not valid: must be at least 1 day")
        if self.archive_days is not None and self.archive_days >= (self.days or math.inf):
            why = f"is not before the expiration after {self.days} days"
            raise InvalidValue(f"Expiration(archive_days={self.archive_days})", why)


class S3Bucket(Construct):
    """A Bucket with access block, encryption, versioning and lifecycle.

    The objects are a Bucket, BucketPublicAccessBlock, BucketServerSideEncryptionConfiguration,
    BucketVersioning and BucketLifecycleConfiguration. Public access is always blocked; objects are
    encrypted with `key`, or with S3's own key. `name` is the bucket's name in the cloud, which is
    global: see CrossplaneNaming.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: KmsKey | None = None,
        expiration: Expiration | None = None,
        versioning: Literal["Enabled", "Suspended"] = "Enabled",
    ) -> None:
        super().__init__(scope, f"{id}-bucket")
        managed = Managed(self, id)
        account = managed.account
        self.name = managed.bucket_name
        self.arn = account.global_arn("s3", self.name, owned=False)
        self.region = account.region
        self.resource = aws.Bucket(
            self,
            id,
            metadata=managed.metadata(self.name),
            spec=aws.BucketSpec(
                for_provider=aws.BucketSpecForProvider(region=account.region),
                provider_config_ref=managed.provider_config,
            ),
        )
        self.public_access_block = self._public_access_block(managed)
        self.encryption = self._encryption(managed, key)
        self.versioning = self._versioning(managed, versioning)
        self.lifecycle = self._lifecycle(managed, expiration or Expiration())

    @property
    def ready(self) -> Reference:
        """Return the object to wait for before objects are uploaded."""
        return self.encryption.ref

    def grant_read(self) -> list[Statement]:
        """Return statements that allow listing the bucket and reading its objects."""
        return self._grant(_READ)

    def grant_write(self) -> list[Statement]:
        """Return statements that allow listing the bucket, and changing its objects."""
        return self._grant(_WRITE)

    def grant_add(self) -> list[Statement]:
        """Return statements that allow listing the bucket, and reading and adding its objects.

        An object can be replaced, but its former version stays where versions are kept.
        """
        return self._grant(tuple(each for each in _WRITE if each != _DELETE))

    def _grant(self, actions: tuple[str, ...]) -> list[Statement]:
        return [
            Statement(actions=_LIST, resources=[self.arn]),
            Statement(actions=actions, resources=[f"{self.arn}/*"]),
        ]

    @property
    def _bucket(self) -> aws.ClusterSpecForProviderRoleArnRef:
        return aws.ClusterSpecForProviderRoleArnRef(name=self.resource.name)

    def _public_access_block(self, managed: Managed) -> aws.BucketPublicAccessBlock:
        return aws.BucketPublicAccessBlock(
            self,
            "public-access-block",
            metadata=managed.metadata(),
            spec=aws.BucketPublicAccessBlockSpec(
                for_provider=aws.BucketPublicAccessBlockSpecForProvider(
                    region=self.region,
                    bucket_ref=self._bucket,
                    block_public_acls=True,
                    block_public_policy=True,
                    ignore_public_acls=True,
                    restrict_public_buckets=True,
                ),
                provider_config_ref=managed.provider_config,
            ),
        )

    def _encryption(
        self, managed: Managed, key: KmsKey | None
    ) -> aws.BucketServerSideEncryptionConfiguration:
        spec = aws.BucketServerSideEncryptionConfigurationSpecForProvider
        rule = aws.BucketServerSideEncryptionConfigurationSpecForProviderRule
        default = aws.BucketServerSideEncryptionConfigurationSpecForProviderRuleApplyServerSideEncryptionByDefault  # noqa: E501  # a generated name
        applied = default(sse_algorithm="AES256")
        if key is not None:
            ref = aws.ClusterSpecForProviderRoleArnRef(name=key.resource.name)
            applied = default(sse_algorithm="aws:kms", kms_master_key_id_ref=ref)
        return aws.BucketServerSideEncryptionConfiguration(
            self,
            "encryption",
            metadata=managed.metadata(),
            spec=aws.BucketServerSideEncryptionConfigurationSpec(
                for_provider=spec(
                    region=self.region,
                    bucket_ref=self._bucket,
                    rule=[
                        rule(
                            apply_server_side_encryption_by_default=applied, bucket_key_enabled=True
                        )
                    ],
                ),
                provider_config_ref=managed.provider_config,
            ),
        )

    def _versioning(self, managed: Managed, status: str) -> aws.BucketVersioning:
        configuration = aws.BucketVersioningSpecForProviderVersioningConfiguration(status=status)
        return aws.BucketVersioning(
            self,
            "versioning",
            metadata=managed.metadata(),
            spec=aws.BucketVersioningSpec(
                for_provider=aws.BucketVersioningSpecForProvider(
                    region=self.region,
                    bucket_ref=self._bucket,
                    versioning_configuration=configuration,
                ),
                provider_config_ref=managed.provider_config,
            ),
        )

    def _lifecycle(
        self, managed: Managed, expiration: Expiration
    ) -> aws.BucketLifecycleConfiguration:
        return aws.BucketLifecycleConfiguration(
            self,
            "lifecycle",
            metadata=managed.metadata(),
            spec=aws.BucketLifecycleConfigurationSpec(
                for_provider=aws.BucketLifecycleConfigurationSpecForProvider(
                    region=self.region, bucket_ref=self._bucket, rule=_rules(expiration)
                ),
                provider_config_ref=managed.provider_config,
            ),
        )


def _rules(expiration: Expiration) -> list[_Lifecycle]:
    whole = [aws.BucketLifecycleConfigurationSpecForProviderRuleFilter(prefix="")]
    unfinished = aws.BucketLifecycleConfigurationSpecForProviderRuleAbortIncompleteMultipartUpload
    replaced = aws.BucketLifecycleConfigurationSpecForProviderRuleNoncurrentVersionExpiration
    expired = aws.BucketLifecycleConfigurationSpecForProviderRuleExpiration
    moved = aws.BucketLifecycleConfigurationSpecForProviderRuleTransition
    rules = [
        _Lifecycle(
            id="leftovers",
            status="Enabled",
            filter=whole,
            abort_incomplete_multipart_upload=[
                unfinished(days_after_initiation=expiration.unfinished_days)
            ],
            noncurrent_version_expiration=[replaced(noncurrent_days=expiration.replaced_days)],
        )
    ]
    if expiration.days is not None:
        rules.append(
            _Lifecycle(
                id="expiration",
                status="Enabled",
                filter=whole,
                expiration=[expired(days=expiration.days)],
            )
        )
    if expiration.archive_days is not None:
        rules.append(
            _Lifecycle(
                id="archive",
                status="Enabled",
                filter=whole,
                transition=[moved(days=expiration.archive_days, storage_class="GLACIER")],
            )
        )
    return rules
