"""IAM statements and policy documents."""

from __future__ import annotations

import json

import pytest

from kubestrata import KubestrataError
from kubestrata.constructs.cloud import AwsAccount, PolicyDocument, Statement
from kubestrata.core.errors import InvalidBody, InvalidValue

BUCKET = "arn:aws:s3:::reports/*"


@pytest.mark.parametrize(
    ("actions", "resources", "more", "why"),
    [
        (["*"], [BUCKET], {}, r"action '\*' is not a valid action"),
        (["iam:*"], [BUCKET], {}, r"action 'iam:\*' is not a valid action"),
        (["GetObject"], [BUCKET], {}, "action 'GetObject' is not a valid action"),
        ([], [BUCKET], {}, "length >= 1"),
        (["s3:GetObject"], [], {}, "length >= 1"),
        (["s3:GetObject"], ["reports"], {}, "must match"),
        (["s3:GetObject"], ["*"], {}, "applies to any resource, without a reason"),
        (["s3:GetObject"], ["arn:aws:s3:::*"], {}, "applies to any resource, without a reason"),
        (["ec2:DescribeVpcs", "ec2:CreateVpc"], ["*"], {}, "without a reason"),
        (
            ["ec2:CreateTags"],
            ["*"],
            {"any_resource_because": "instances are not known"},
            "changes any resource by 'ec2:CreateTags', without a condition",
        ),
        (["s3:GetObject"], [BUCKET], {"effect": "Maybe"}, "Statement.effect: invalid enum"),
        (["s3:GetObject"], [BUCKET], {"conditions": {"Bool": {"a": []}}}, "length >= 1"),
    ],
)
def test_a_statement_that_grants_too_much_is_refused(
    actions: list[str], resources: list[str], more: dict[str, object], why: str
) -> None:
    with pytest.raises(InvalidValue, match=why) as caught:
        Statement(actions=actions, resources=resources, **more)  # type: ignore[arg-type]
    assert "test_statement.py" in caught.value.where


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(InvalidBody, match="has no field 'action'"):
        Statement(action=["s3:GetObject"], resources=[BUCKET])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("actions", "resources", "more"),
    [
        (["ec2:Describe*", "route53:ListHostedZones"], ["*"], {}),
        (["sts:GetCallerIdentity"], ["*"], {"any_resource_because": "it has no resources"}),
        (
            ["ec2:CreateTags"],
            ["*"],
            {
                "any_resource_because": "instances are not known",
                "conditions": {"StringEquals": {"ec2:CreateAction": ["RunInstances"]}},
            },
        ),
        (["ec2:DeleteVpc"], ["*"], {"effect": "Deny"}),
    ],
)
def test_any_resource_is_accepted_with_a_reason(
    actions: list[str], resources: list[str], more: dict[str, object]
) -> None:
    made = Statement(actions=actions, resources=resources, **more)  # type: ignore[arg-type]
    assert made.resources == resources


def test_a_document_is_deterministic_json_for_aws() -> None:
    def document() -> str:
        read = Statement(
            actions=["s3:GetObject"],
            resources=[BUCKET],
            conditions={"Bool": {"aws:SecureTransport": ["true"]}},
        )
        return PolicyDocument([read]).json

    assert document() == document()
    assert json.loads(document()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": [BUCKET],
                "Condition": {"Bool": {"aws:SecureTransport": ["true"]}},
            }
        ],
    }


@pytest.mark.parametrize("count", [0, 100])
def test_a_document_that_iam_would_reject_is_refused(count: int) -> None:
    statement = Statement(actions=["s3:GetObject"], resources=[BUCKET])
    with pytest.raises(KubestrataError, match=r"has no statement|IAM allows at most 6144"):
        PolicyDocument([statement] * count)


def test_arns_name_the_account_where_the_resource_is_its_own() -> None:
    account = AwsAccount("123456789012", "eu-west-3", "home")
    assert account.arn("kms", "key/*") == "arn:aws:kms:eu-west-3:123456789012:key/*"
    assert account.global_arn("iam", "role/a") == "arn:aws:iam::123456789012:role/a"
    assert account.global_arn("s3", "reports", owned=False) == "arn:aws:s3:::reports"
