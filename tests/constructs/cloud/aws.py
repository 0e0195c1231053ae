"""A cluster in a synthetic AWS account, whose facts are known or placeholders."""

from __future__ import annotations

from kubestrata import Cluster, Component, Namespace, Reference
from kubestrata.constructs.cloud import AwsAccount, ProviderConfig, Statement
from tests.small_platform import new_cluster, new_component

GROUPS = ("aws", "eks.aws", "iam.aws", "kms.aws", "s3.aws")
READ = Statement(actions=["s3:GetObject"], resources=["arn:aws:s3:::reports/*"])


def aws_cluster(*, filled_in: bool = False) -> Cluster:
    """Return a cluster with an account; `filled_in` makes its facts placeholders."""
    groups = tuple(f"{group}.m.upbound.io" for group in GROUPS)
    cluster = new_cluster(
        placeholders=("account", "region", "cluster"),
        groups=(*groups, "apiextensions.crossplane.io", "pkg.crossplane.io"),
    )
    if filled_in:
        names = ("account", "region", "cluster")
        account, region, name = (cluster.placeholder(each) for each in names)
        cluster.offer(AwsAccount(account, region, name))
    else:
        cluster.offer(AwsAccount("123456789012", "eu-west-3", "home"))
    return cluster


def crossplane_system(cluster: Cluster) -> Component:
    """Return a component of the cluster, and provide the credentials."""
    namespace = Namespace("crossplane-system", pod_security="restricted")
    component = new_component(cluster, "crossplane", layer="infrastructure", namespace=namespace)
    made = Reference(component, "aws.m.upbound.io", "ClusterProviderConfig", "default")
    cluster.offer(ProviderConfig(made))
    return component
