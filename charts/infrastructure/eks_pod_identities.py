"""AWS permissions of the platform's own components, created before their pods."""

from collections.abc import Sequence

from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.cloud import (
    AwsAccount,
    PodIdentity,
    S3Bucket,
    ServiceAccountName,
    Statement,
)
from kubestrata.constructs.data import backup_statements

_EVERY_ZONE = "zones are made by others, and looked up by their domain"


class EksPodIdentities(Component):
    """One identity for each component that calls AWS, and one for each database's backups.

    The components that run the pods wait for their identity.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        backups: S3Bucket,
        databases: Sequence[ServiceAccountName],
    ) -> None:
        super().__init__(scope, "eks-pod-identities", layer="infrastructure", namespace=namespace)
        account = scope.ask(AwsAccount)
        self.load_balancer_controller = self._identity(
            "loadbalancer-controller",
            ServiceAccountName(name="aws-load-balancer-controller", namespace="kube-system"),
            _load_balancers(account),
        )
        self.cert_manager = self._identity(
            "cert-manager",
            ServiceAccountName(name="cert-manager", namespace="security"),
            _certificates(account),
        )
        self.external_dns = self._identity(
            "external-dns",
            ServiceAccountName(name="external-dns", namespace="kube-system"),
            _records(account),
        )
        self.external_secrets = self._identity(
            "external-secrets",
            ServiceAccountName(name="external-secrets", namespace="security"),
            _secrets(account),
        )
        self.metrics = self._identity(
            "victoriametrics",
            ServiceAccountName(
                name="vmagent-victoria-metrics-k8s-stack", namespace="observability"
            ),
            _INSTANCES,
        )
        self.databases = {
            database: PodIdentity(
                self, database.name, service_account=database, statements=_folder(backups, database)
            )
            for database in databases
        }

    def _identity(
        self, name: str, pods: ServiceAccountName, statements: Sequence[Statement]
    ) -> PodIdentity:
        return PodIdentity(self, f"xplane-{name}", service_account=pods, statements=statements)


# Discovery of scrape targets outside of the cluster.
_INSTANCES = [
    Statement(actions=["ec2:DescribeAvailabilityZones", "ec2:DescribeInstances"], resources=["*"])
]


def _certificates(account: AwsAccount) -> list[Statement]:
    """Return statements for DNS challenges: TXT records only."""
    zones = account.global_arn("route53", "hostedzone/*", owned=False)
    record_types = "route53:ChangeResourceRecordSetsRecordTypes"
    return [
        Statement(
            actions=["route53:GetChange"],
            resources=[account.global_arn("route53", "change/*", owned=False)],
        ),
        Statement(
            actions=["route53:ChangeResourceRecordSets"],
            resources=[zones],
            conditions={"ForAllValues:StringEquals": {record_types: ["TXT"]}},
        ),
        Statement(actions=["route53:ListResourceRecordSets"], resources=[zones]),
        Statement(actions=["route53:ListHostedZonesByName"], resources=["*"]),
    ]


def _records(account: AwsAccount) -> list[Statement]:
    zones = account.global_arn("route53", "hostedzone/*", owned=False)
    return [
        Statement(actions=["route53:ChangeResourceRecordSets"], resources=[zones]),
        Statement(
            actions=[
                "route53:ListHostedZones",
                "route53:ListResourceRecordSets",
                "route53:ListTagsForResources",
            ],
            resources=["*"],
            any_resource_because=_EVERY_ZONE,
        ),
    ]


def _secrets(account: AwsAccount) -> list[Statement]:
    return [
        Statement(
            actions=[
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetResourcePolicy",
                "secretsmanager:GetSecretValue",
                "secretsmanager:ListSecretVersionIds",
            ],
            resources=[account.arn("secretsmanager", "secret:*")],
            any_resource_because="the one store of the cluster serves every secret of the account",
        )
    ]


def _folder(bucket: S3Bucket, database: ServiceAccountName) -> list[Statement]:
    """Return statements for a database's own folder of the backup bucket, by namespace."""
    return backup_statements(bucket.arn, f"{database.namespace}/{database.name}")


def _load_balancers(account: AwsAccount) -> list[Statement]:
    """Return statements for NLBs and ALBs without WAF, Shield and Cognito.

    The controller tags its resources with the cluster, and can change only resources with the tag.
    Source: the API calls of the controller.
    """
    tag = "elbv2.k8s.aws/cluster"
    owned = {"Null": {f"aws:ResourceTag/{tag}": ["false"]}}
    requested = {"Null": {f"aws:RequestTag/{tag}": ["false"]}}
    balancers = [
        account.arn("elasticloadbalancing", f"{kind}/*")
        for kind in ("listener-rule", "listener", "loadbalancer", "targetgroup")
    ]
    groups = account.arn("ec2", "security-group/*")
    return [
        Statement(
            actions=["ec2:Describe*", "elasticloadbalancing:Describe*", "acm:ListCertificates"],
            resources=["*"],
        ),
        Statement(actions=["ec2:GetSecurityGroupsForVpc"], resources=[account.arn("ec2", "vpc/*")]),
        Statement(
            actions=["acm:DescribeCertificate"], resources=[account.arn("acm", "certificate/*")]
        ),
        Statement(
            actions=["ec2:CreateSecurityGroup"],
            resources=[groups, account.arn("ec2", "vpc/*")],
        ),
        Statement(
            actions=["ec2:CreateTags"],
            resources=[groups],
            conditions={"StringEquals": {"ec2:CreateAction": ["CreateSecurityGroup"]}},
        ),
        Statement(
            actions=[
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:DeleteSecurityGroup",
                "ec2:RevokeSecurityGroupIngress",
            ],
            resources=[groups],
            conditions=owned,
        ),
        # Node security groups have the tag of their cluster, not that of the controller.
        Statement(
            actions=["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            resources=[groups],
            conditions={
                "StringLike": {
                    f"aws:ResourceTag/kubernetes.io/cluster/{account.cluster_name}": ["*"]
                }
            },
        ),
        Statement(
            actions=[
                "elasticloadbalancing:CreateLoadBalancer",
                "elasticloadbalancing:CreateTargetGroup",
            ],
            resources=balancers,
            conditions=requested,
        ),
        Statement(
            actions=["elasticloadbalancing:AddTags"],
            resources=balancers,
            conditions={
                "StringLike": {"elasticloadbalancing:CreateAction": ["Create*"]},
                **requested,
            },
        ),
        Statement(
            actions=[
                "elasticloadbalancing:AddTags",
                "elasticloadbalancing:CreateListener",
                "elasticloadbalancing:CreateRule",
                "elasticloadbalancing:Delete*",
                "elasticloadbalancing:Modify*",
                "elasticloadbalancing:RegisterTargets",
                "elasticloadbalancing:DeregisterTargets",
                "elasticloadbalancing:RemoveTags",
                "elasticloadbalancing:Set*",
            ],
            resources=balancers,
            conditions=owned,
        ),
        Statement(
            actions=["iam:CreateServiceLinkedRole"],
            resources=[
                account.global_arn(
                    "iam", "role/aws-service-role/elasticloadbalancing.amazonaws.com/*"
                )
            ],
            conditions={
                "StringEquals": {"iam:AWSServiceName": ["elasticloadbalancing.amazonaws.com"]}
            },
        ),
    ]
