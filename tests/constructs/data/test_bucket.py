"""Buckets."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component
from kubestrata.constructs.cloud import AwsAccount, PodIdentity, ServiceAccountName
from kubestrata.constructs.data import (
    AccessKeys,
    Bucket,
    BucketSpec,
    Postgres,
    PostgresBackup,
    PostgresSpec,
)
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import secret, world
from tests.small_platform import new_cluster, new_component


def in_aws() -> Component:
    shop, _ = world()
    shop.cluster.offer(AwsAccount("123456789012", "eu-west-3", "home"))
    return shop


def test_minimal(manifests: SnapshotAssertion) -> None:
    shop = in_aws()
    Bucket(shop, "pictures")
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_objects_and_versions_expire_as_configured() -> None:
    shop = in_aws()
    spec = BucketSpec(versioned=False, expiration_days=90, replaced_days=7)
    Bucket(shop, "pictures", spec=spec)
    (versioning,) = objects(shop, "BucketVersioning")
    configuration = versioning["spec"]["forProvider"]["versioningConfiguration"]
    assert configuration == {"status": "Suspended"}
    (lifecycle,) = objects(shop, "BucketLifecycleConfiguration")
    rules = lifecycle["spec"]["forProvider"]["rule"]
    assert rules[0]["noncurrentVersionExpiration"] == [{"noncurrentDays": 7}]
    assert rules[1]["expiration"] == [{"days": 90}]
    assert faults(shop) == []


def test_a_bucket_name_makes_an_edge_and_its_statements_an_identity() -> None:
    shop = in_aws()
    bucket = Bucket(shop, "pictures")
    assert bucket.name == "xplane-home-pictures-123456789012"
    assert bucket.name.reference == bucket.ready
    assert bucket.location.hosts[1] == "s3.eu-west-3.amazonaws.com"
    account = ServiceAccountName(name="shop", namespace="shop")
    PodIdentity(shop, "reader", service_account=account, statements=bucket.grant_read())
    PodIdentity(shop, "writer", service_account=account, statements=bucket.grant_write())
    documents = [made["spec"]["forProvider"]["policy"] for made in objects(shop, "Policy")]
    assert ["PutObject" in text for text in documents] == [False, True]
    assert all(bucket.arn in text for text in documents)


def test_databases_are_backed_up_into_a_bucket_that_was_made() -> None:
    shop = in_aws()
    bucket = Bucket(shop, "backups")
    spec = PostgresSpec(backup=PostgresBackup().to(bucket.location))
    database = Postgres(shop, "orders", spec=spec)
    assert bucket.ready in database.resource.references


def test_a_cluster_without_an_account_has_no_buckets() -> None:
    with pytest.raises(MissingOffer, match="AwsAccount"):
        Bucket(new_component(new_cluster()), "pictures")


def test_days_are_at_least_one() -> None:
    with pytest.raises(InvalidValue, match=r"BucketSpec\.expiration_days: expected `int` >= 1"):
        BucketSpec(expiration_days=0)


def test_an_access_key_has_both_of_its_parts() -> None:
    shop, _ = world()
    with pytest.raises(InvalidReference, match="has no key 'ACCESS_SECRET_KEY'"):
        AccessKeys(secret(shop, "key", "ACCESS_KEY_ID"))
