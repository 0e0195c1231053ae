"""AWS resources managed by Crossplane: pod identities, buckets, keys and provider packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.cloud.aws_account import AwsAccount
    from kubestrata.constructs.cloud.aws_credentials import AwsPodIdentityCredentials
    from kubestrata.constructs.cloud.aws_environment import AwsEnvironment
    from kubestrata.constructs.cloud.crossplane_naming import CrossplaneNaming
    from kubestrata.constructs.cloud.crossplane_provider import (
        AggregatedRole,
        CrossplaneFunction,
        CrossplaneProvider,
    )
    from kubestrata.constructs.cloud.iam_user import IamUser
    from kubestrata.constructs.cloud.kms_key import KmsKey
    from kubestrata.constructs.cloud.managed import ProviderConfig
    from kubestrata.constructs.cloud.package_runtime import PackageRuntime
    from kubestrata.constructs.cloud.pod_identity import PodIdentity
    from kubestrata.constructs.cloud.pod_identity_spec import (
        AttachedPolicy,
        EksCluster,
        PodIdentityProvider,
        PodIdentitySpec,
        ProviderConfigName,
        ServiceAccountName,
    )
    from kubestrata.constructs.cloud.policy_document import PolicyDocument
    from kubestrata.constructs.cloud.s3_bucket import Expiration, S3Bucket
    from kubestrata.constructs.cloud.statement import Statement

__all__ = [
    "AggregatedRole",
    "AttachedPolicy",
    "AwsAccount",
    "AwsEnvironment",
    "AwsPodIdentityCredentials",
    "CrossplaneFunction",
    "CrossplaneNaming",
    "CrossplaneProvider",
    "EksCluster",
    "Expiration",
    "IamUser",
    "KmsKey",
    "PackageRuntime",
    "PodIdentity",
    "PodIdentityProvider",
    "PodIdentitySpec",
    "PolicyDocument",
    "ProviderConfig",
    "ProviderConfigName",
    "S3Bucket",
    "ServiceAccountName",
    "Statement",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "aws_account": "AwsAccount",
        "aws_credentials": "AwsPodIdentityCredentials",
        "aws_environment": "AwsEnvironment",
        "crossplane_naming": "CrossplaneNaming",
        "crossplane_provider": "AggregatedRole CrossplaneFunction CrossplaneProvider",
        "iam_user": "IamUser",
        "kms_key": "KmsKey",
        "managed": "ProviderConfig",
        "package_runtime": "PackageRuntime",
        "pod_identity": "PodIdentity",
        "pod_identity_spec": (
            "AttachedPolicy EksCluster PodIdentityProvider PodIdentitySpec ProviderConfigName "
            "ServiceAccountName"
        ),
        "policy_document": "PolicyDocument",
        "s3_bucket": "Expiration S3Bucket",
        "statement": "Statement",
    },
)
