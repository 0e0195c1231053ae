"""The AWS account and the EKS cluster in which constructs create resources."""

from __future__ import annotations

from msgspec import field

from kubestrata.constructs.cloud.crossplane_naming import CrossplaneNaming
from kubestrata.core.frozen import Frozen

# Source: AWS service endpoints.
_GLOBAL = frozenset({"iam", "route53"})


class AwsAccount(Frozen):
    """Facts of the AWS account that a cluster provides; each may be a placeholder.

    `cluster_name` is the name of the cluster in EKS.
    """

    account_id: str
    region: str
    cluster_name: str
    partition: str = "aws"
    naming: CrossplaneNaming = field(default_factory=CrossplaneNaming)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account in this region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def hosts(self, *services: str) -> tuple[str, ...]:
        """Return the DNS names of AWS services: `s3`, `sts`; `iam` and `route53` have no region.

        Buckets have hosts below that of `s3`.
        """
        found: list[str] = []
        for service in services:
            name = service if service in _GLOBAL else f"{service}.{self.region}"
            found += [f"{name}.amazonaws.com"]
            found += [f"*.{name}.amazonaws.com"] if service == "s3" else []
        return tuple(found)

    def global_arn(self, service: str, resource: str, *, owned: bool = True) -> str:
        """Return the ARN of a global resource; it has no account unless `owned`."""
        account = self.account_id if owned else ""
        return f"arn:{self.partition}:{service}::{account}:{resource}"
