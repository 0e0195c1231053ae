"""Rendered objects and invariants of the AWS constructs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from syrupy.assertion import SnapshotAssertion

from kubeapis import crossplane, k8s
from kubestrata import Component, Construct, Image, Reference
from kubestrata.constructs.cloud import (
    AggregatedRole,
    AwsAccount,
    AwsEnvironment,
    CrossplaneFunction,
    CrossplaneNaming,
    CrossplaneProvider,
    Expiration,
    IamUser,
    KmsKey,
    PodIdentity,
    S3Bucket,
    ServiceAccountName,
)
from kubestrata.constructs.cloud.managed import Managed
from kubestrata.constructs.platform_api import EPI, PlatformApi
from kubestrata.core.errors import InvalidName, InvalidValue, MissingOffer
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.cloud.aws import READ, aws_cluster, crossplane_system
from tests.small_platform import manifest, new_cluster, new_component, order

PODS = ServiceAccountName(name="reports", namespace="web")
PROVIDER = Image("xpkg.upbound.io/upbound/provider-aws-iam:v2.0.0")
Made = Callable[[Component], object]


def identity(component: Component) -> object:
    return PodIdentity(component, "reports", service_account=PODS, statements=[READ])


def full_bucket(component: Component) -> object:
    key = KmsKey(
        component,
        "reports",
        description="Encrypts reports.",
        deletion_window_days=7,
        rotated=False,
    )
    expiration = Expiration(days=90, archive_days=30, replaced_days=5, unfinished_days=1)
    return S3Bucket(component, "reports", key=key, expiration=expiration, versioning="Suspended")


def full_identity(component: Component) -> object:
    bucket = S3Bucket(component, "reports")
    key = KmsKey(component, "reports", description="Encrypts reports.")
    account = k8s.ServiceAccount(component, "reports")
    return PodIdentity(
        component,
        "reports",
        service_account=account.ref,
        statements=[*bucket.grant_write(), *bucket.grant_read(), key.grant("kms:Decrypt")],
    )


def user(component: Component) -> object:
    return IamUser(component, "registry", statements=[READ], secret="registry-s3")


def full_user(component: Component) -> object:
    crossplane_system(component.cluster)
    bucket = S3Bucket(component, "images")
    key = KmsKey(component, "images", description="Encrypts images.")
    statements = [*bucket.grant_write(), key.grant("kms:Decrypt", "kms:GenerateDataKey")]
    return IamUser(component, "registry", statements=statements, secret="registry-s3")


def full_key(component: Component) -> object:
    crossplane_system(component.cluster)
    return KmsKey(component, "reports", description="Encrypts reports.", deletion_window_days=7)


def package(component: Component) -> object:
    runtime = crossplane.DeploymentRuntimeConfig(component, "aws")
    CrossplaneFunction(
        component, "function-kcl", package=Image("xpkg.crossplane.io/function-kcl:v0.12.0")
    )
    return CrossplaneProvider(
        component, "aws-iam", package=PROVIDER, groups=["iam.example.com"], runtime=runtime
    )


def environment(component: Component) -> object:
    crossplane_system(component.cluster)
    return AwsEnvironment(component, "eks", more={"domain": "example.com"})


def role(component: Component) -> object:
    return AggregatedRole(component, "compose-apps", group="apps", resources=["deployments"])


CASES: Mapping[str, Made] = {
    "pod_identity_minimal": identity,
    "pod_identity_full": full_identity,
    "bucket_minimal": lambda component: S3Bucket(component, "reports"),
    "bucket_full": full_bucket,
    "key_minimal": lambda component: KmsKey(component, "reports", description="Encrypts reports."),
    "key_full": full_key,
    "user_minimal": user,
    "user_full": full_user,
    "package": package,
    "environment": environment,
    "aggregated_role": role,
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_rendered(case: str, manifests: SnapshotAssertion) -> None:
    component = new_component(aws_cluster())
    CASES[case](component)
    assert rendered(component) == manifests


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_object_is_valid(case: str) -> None:
    component = new_component(aws_cluster())
    CASES[case](component)
    assert faults(component) == []


@pytest.mark.parametrize("case", ["bucket_full", "pod_identity_full", "user_full", "key_full"])
def test_every_managed_name_has_the_prefix_in_the_cluster_and_in_the_cloud(case: str) -> None:
    component = new_component(aws_cluster())
    CASES[case](component)
    managed = [
        item.manifest["metadata"]
        for item in component.rendered()
        if item.identity.group.endswith(".aws.m.upbound.io")
    ]
    assert managed
    names = [each["name"] for each in managed]
    names += [
        each["annotations"]["crossplane.io/external-name"]
        for each in managed
        if "annotations" in each
    ]
    assert [name for name in names if not name.startswith("xplane-")] == []


@pytest.mark.parametrize("case", [full_identity, full_bucket, user])
def test_an_id_with_the_prefix_gets_it_once(case: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, prefixed = new_component(aws_cluster()), new_component(aws_cluster())
    case(plain)
    given = Managed.__init__

    def with_prefix(self: Managed, scope: Construct, id: str) -> None:
        given(self, scope, f"xplane-{id}")

    monkeypatch.setattr(Managed, "__init__", with_prefix)
    case(prefixed)
    assert rendered(prefixed) == rendered(plain)


def test_a_prefix_of_buckets_is_followed_by_the_id_as_it_is() -> None:
    naming = CrossplaneNaming(bucket_prefix="eu-west-3-example-")
    for id in ("reports", "xplane-reports"):
        name = naming.bucket_name(id, cluster="home", account="123456789012")
        assert name == f"eu-west-3-example-{id}"
        assert naming.object_name(id) == "xplane-reports"
    with pytest.raises(InvalidName, match="at most 63"):
        naming.bucket_name("r" * 50, cluster="home", account="123456789012")


def test_objects_are_archived_before_they_expire() -> None:
    with pytest.raises(InvalidValue, match="is not before the expiration after 30 days"):
        Expiration(days=30, archive_days=30)


def test_a_key_that_is_not_rotated_has_no_rotation_and_is_allowed_by_its_tag() -> None:
    component = new_component(aws_cluster())
    key = KmsKey(component, "reports", description="Encrypts reports.", rotated=False)
    (made,) = objects(component, "Key")
    assert "enableKeyRotation" not in made["spec"]["forProvider"]
    assert key.grant("kms:Decrypt").conditions == {
        "StringEquals": {"aws:ResourceTag/crossplane-name": ["xplane-reports"]}
    }


def test_a_name_that_is_invalid_in_aws_is_refused() -> None:
    with pytest.raises(InvalidName, match="at most 64"):
        PodIdentity(new_component(aws_cluster()), "r" * 60, service_account=PODS, statements=[READ])
    with pytest.raises(InvalidName, match="at most 63"):
        S3Bucket(new_component(aws_cluster()), "r" * 40)
    with pytest.raises(InvalidName, match="must be lower-case"):
        CrossplaneNaming("Xplane-")


def test_a_cluster_without_an_account_has_no_identities() -> None:
    with pytest.raises(MissingOffer, match="AwsAccount"):
        identity(new_component(new_cluster()))


def test_facts_that_the_cluster_fills_in_reach_names_policies_and_the_association() -> None:
    cluster = aws_cluster(filled_in=True)
    full_identity(new_component(cluster))
    folder = "apps/web"
    bucket = manifest(cluster, f"{folder}/xplane-reports-bucket.yaml")
    name = "xplane-${cluster}-reports-${account}"
    assert bucket["metadata"]["annotations"] == {"crossplane.io/external-name": name}
    policy = manifest(cluster, f"{folder}/xplane-reports-policy.yaml")
    document = json.loads(policy["spec"]["forProvider"]["policy"])
    assert document["Statement"][0]["Resource"] == [f"arn:aws:s3:::{name}"]
    association = manifest(cluster, f"{folder}/xplane-reports-podidentityassociation.yaml")
    assert association["spec"]["forProvider"] == {
        "clusterName": "${cluster}",
        "namespace": "web",
        "region": "${region}",
        "roleArnRef": {"name": "xplane-reports"},
        "serviceAccount": "reports",
    }


def test_only_the_service_of_pod_identity_may_take_the_role() -> None:
    component = new_component(aws_cluster())
    identity(component)
    (made,) = objects(component, "Role")
    assert json.loads(made["spec"]["forProvider"]["assumeRolePolicy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ]


def test_pods_wait_for_their_identity_and_not_vice_versa() -> None:
    cluster = aws_cluster()
    web = new_component(cluster)
    account = Reference(web, "", "ServiceAccount", "reports", "web")
    identities = new_component(cluster, "identities", layer="security")
    made = PodIdentity(identities, "reports", service_account=account, statements=[READ])
    web.needs(made.ready)
    assert order(cluster)["web"] == ["identities"]


def test_managed_resources_wait_for_their_credentials() -> None:
    cluster = aws_cluster()
    crossplane_system(cluster)
    S3Bucket(new_component(cluster), "reports")
    assert order(cluster)["web"] == ["crossplane"]
    spec = manifest(cluster, "apps/web/xplane-reports-bucket.yaml")["spec"]
    assert spec["providerConfigRef"] == {"kind": "ClusterProviderConfig", "name": "default"}


def test_objects_of_a_providers_groups_are_applied_after_it() -> None:
    cluster = new_cluster(groups=("pkg.crossplane.io",))
    providers = new_component(cluster, "providers", layer="infrastructure")
    CrossplaneProvider(
        providers,
        "aws-s3",
        package=PROVIDER,
        groups=["kms.aws.m.upbound.io", "s3.aws.m.upbound.io"],
    )
    cluster.offer(aws_cluster().ask(AwsAccount))
    S3Bucket(new_component(cluster), "reports")
    S3Bucket(providers, "state")
    assert order(cluster) == {
        "providers": [],
        "providers-config": ["providers"],
        "web": ["providers"],
    }


def test_a_provider_of_nothing_and_a_role_for_everything_are_refused() -> None:
    component = new_component(aws_cluster())
    with pytest.raises(InvalidValue, match="provides no API group"):
        CrossplaneProvider(component, "aws-iam", package=PROVIDER, groups=[])
    with pytest.raises(InvalidValue, match=r"grants \* of 'apps'"):
        AggregatedRole(component, "compose", group="apps", resources=["*"])


def test_a_statement_of_a_bucket_names_the_bucket_alone() -> None:
    bucket = S3Bucket(new_component(aws_cluster()), "reports")
    named = {arn for each in bucket.grant_write() for arn in each.resources}
    assert named == {bucket.arn, f"{bucket.arn}/*"}
    assert bucket.arn == "arn:aws:s3:::xplane-home-reports-123456789012"


def test_who_only_adds_objects_cannot_delete_them() -> None:
    bucket = S3Bucket(new_component(aws_cluster()), "reports")
    added, written = (
        {action for each in made for action in each.actions}
        for made in (bucket.grant_add(), bucket.grant_write())
    )
    assert written - added == {"s3:DeleteObject"}
    assert "s3:PutObject" in added


def test_the_credentials_of_a_user_are_the_key_that_the_provider_writes() -> None:
    component = new_component(aws_cluster())
    made = IamUser(component, "registry", statements=[READ], secret="registry-s3")
    assert made.credentials.keys == frozenset({"username", "password"})
    assert made.credentials.ref.resource is made.access_key


def test_an_identity_is_one_claim_where_the_cluster_has_the_api() -> None:
    cluster = aws_cluster()
    cluster.offer(PlatformApi("cloud.example.com", [EPI]))
    component = new_component(cluster)
    identity(component)
    (claim,) = objects(component, "EPI")
    assert claim["apiVersion"] == "cloud.example.com/v1alpha1"
    assert claim["metadata"] == {"name": "reports", "namespace": "web"}
    assert claim["spec"] == {
        "serviceAccount": {"name": "reports", "namespace": "web"},
        "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::reports/*"]}],
    }
    assert objects(component, "Role") == []
