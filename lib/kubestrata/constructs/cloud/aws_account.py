"""The AWS account and the EKS cluster that a cluster's constructs work in."""

from __future__ import annotations

from dataclasses import dataclass, field

from kubestrata.constructs.cloud.crossplane_naming import CrossplaneNaming

# Source: AWS service endpoints.
_GLOBAL = frozenset({"iam", "route53"})


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """What a cluster offers of AWS; each fact may be a placeholder.

    `cluster_name` is EKS' name of the cluster.
    """

    account_id: str
    region: str
    cluster_name: str
    partition: str = "aws"
    naming: CrossplaneNaming = field(default_factory=CrossplaneNaming)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account in this region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def hosts(self, *services: str) -> tuple[str, ...]:
        """The DNS names of services of AWS: `s3`, `sts`; `iam` and `route53` have no region.

        Buckets are hosts below `s3`'s.
        """
        found: list[str] = []
        for service in services:
            name = service if service in _GLOBAL else f"{service}.{self.region}"
            found += [f"{name}.amazonaws.com"]
            found += [f"*.{name}.amazonaws.com"] if service == "s3" else []
        return tuple(found)

    def global_arn(self, service: str, resource: str, *, owned: bool = True) -> str:
        """The ARN of a resource without a region; one that is not `owned` has no account."""
        account = self.account_id if owned else ""
        return f"arn:{self.partition}:{service}::{account}:{resource}"
