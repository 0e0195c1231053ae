"""Spec of an AWS identity of pods, and the interface of its providers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kubestrata.constructs.cloud.statement import LEAST_PRIVILEGE, Statement
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource

_Name = Annotated[
    str, Meta(min_length=1, max_length=253, pattern="^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$")
]
_CheckedObject = Annotated[
    Statement, Meta(extra_json_schema={"x-kubernetes-validations": [LEAST_PRIVILEGE]})
]


class ServiceAccountName(Declaration):
    """A ServiceAccount, by name: it may be made later than what it is given."""

    name: Annotated[_Name, Meta(description="The ServiceAccount's name.")]
    namespace: Annotated[_Name, Meta(description="The ServiceAccount's namespace.")]


class EksCluster(Declaration):
    """An EKS cluster whose pods get the role."""

    name: Annotated[
        str,
        Meta(pattern="^[0-9A-Za-z][-_0-9A-Za-z]{0,99}$", description="Its name in EKS."),
    ]
    region: Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)+$", description="Its AWS region.")]

    @property
    def suffix(self) -> str:
        """Return the end of the name of its PodIdentityAssociation."""
        return f"{self.name}-{self.region}".lower().replace("_", "-")


class AttachedPolicy(Declaration):
    """A policy that exists in AWS, attached to the role."""

    name: Annotated[
        str,
        Meta(
            pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
            max_length=63,
            description="End of the name of its RolePolicyAttachment.",
        ),
    ]
    arn: Annotated[
        str,
        Meta(pattern="^arn:[^:]+:iam::[^:]+:policy/.+$", description="Its ARN."),
    ]


class ProviderConfigName(Declaration):
    """The credentials of the managed resources."""

    name: Annotated[_Name, Meta(description="Name of the object.")] = "default"
    kind: Annotated[
        Literal["ClusterProviderConfig", "ProviderConfig"], Meta(description="Its kind.")
    ] = "ClusterProviderConfig"


ManagementPolicy = Literal["*", "Create", "Delete", "LateInitialize", "Observe", "Update"]
"""Actions of Crossplane on a managed resource (source: its `spec.managementPolicies`)."""


class PodIdentitySpec(Declaration):
    """A ServiceAccount, and its permissions in AWS.

    Raises InvalidValue for clusters and attached policies whose objects would have one name.
    """

    service_account: Annotated[
        ServiceAccountName, Meta(description="The ServiceAccount of the pods.")
    ]
    statements: Annotated[
        Sequence[_CheckedObject],
        Meta(min_length=1, max_length=16, description="What its pods may do, as IAM states it."),
    ]
    clusters: Annotated[
        Sequence[EksCluster],
        Meta(max_length=8, description="EKS clusters of the pods; the own one unless given."),
    ] = ()
    additional_policies: Annotated[
        Sequence[AttachedPolicy],
        Meta(max_length=8, description="Policies that exist, beside the statements."),
    ] = msgspec.field(default=(), name="additionalPolicyArns")
    management_policies: Annotated[
        Sequence[ManagementPolicy],
        Meta(max_length=6, description="What Crossplane does; everything unless given."),
    ] = ()
    provider_config: Annotated[
        ProviderConfigName | None,
        Meta(description="Credentials of the managed resources; the cluster's unless given."),
    ] = msgspec.field(default=None, name="providerConfigRef")

    def __post_init__(self) -> None:
        """Reject objects of one name."""
        super().__post_init__()
        for field, names in (
            ("clusters", [each.suffix for each in self.clusters]),
            ("additional_policies", [str(each.name) for each in self.additional_policies]),
        ):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise self.refuse(field, f"has two entries whose objects end in {twice!r}")


class PodIdentityProvider(ABC):
    """Creates pod identities for a cluster; without one, native objects are created."""

    @abstractmethod
    def make_pod_identity(
        self, scope: Construct, id: str, spec: PodIdentitySpec
    ) -> Resource | None:
        """Create the identity; return None to use native objects."""
