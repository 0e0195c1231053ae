"""AWS resources managed by Crossplane: pod identities, buckets, keys and provider packages."""

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
