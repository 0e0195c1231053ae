"""Facts of the cluster that Crossplane compositions read."""

from __future__ import annotations

from kubeapis import crossplane
from kubestrata.constructs.cloud.aws_account import AwsAccount
from kubestrata.constructs.cloud.managed import ProviderConfig
from kubestrata.core.cluster import component_of
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct


class AwsEnvironment(Construct):
    """One EnvironmentConfig with the facts of the cluster's AwsAccount and ProviderConfig.

    The account's number is part of an ARN: alone, Flux' substitution would make it an integer.

    `more` are facts for other compositions. Raises MissingOffer where the cluster has no AwsAccount
    or no ProviderConfig yet.
    """

    def __init__(self, scope: Construct, id: str, *, more: JsonObject | None = None) -> None:
        super().__init__(scope, f"{id}-environment")
        cluster = component_of(scope).cluster
        account, config = cluster.ask(AwsAccount), cluster.ask(ProviderConfig)
        naming = account.naming
        buckets = {} if naming.bucket_prefix is None else {"bucketPrefix": naming.bucket_prefix}
        self.resource = crossplane.EnvironmentConfig(
            self,
            id,
            data={
                "accountArn": account.global_arn("iam", "root"),
                "clusterName": account.cluster_name,
                **buckets,
                "namePrefix": naming.prefix,
                "partition": account.partition,
                "providerConfig": config.ref.name,
                "region": account.region,
                **(more or {}),
            },
        )
