"""Spec of an AWS identity of pods, and the interface of its providers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.cloud.statement import LEAST_PRIVILEGE, Statement
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource

_Name = Annotated[
    str, Meta(min_length=1, max_length=253, pattern="^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$")
]
_Judged = Annotated[
    Statement, Meta(extra_json_schema={"x-kubernetes-validations": [LEAST_PRIVILEGE]})
]


class ServiceAccountName(Declaration):
    """A ServiceAccount, by name: it may be made later than what it is given."""

    name: Annotated[_Name, Meta(description="The ServiceAccount's name.")]
    namespace: Annotated[_Name, Meta(description="The ServiceAccount's namespace.")]


class PodIdentitySpec(Declaration):
    """Which ServiceAccount may do what in AWS."""

    service_account: Annotated[
        ServiceAccountName, Meta(description="The ServiceAccount of the pods.")
    ]
    statements: Annotated[
        Sequence[_Judged],
        Meta(min_length=1, max_length=16, description="What its pods may do, as IAM states it."),
    ]


class PodIdentityProvider(ABC):
    """Creates pod identities for a cluster; without one, native objects are created."""

    @abstractmethod
    def make_pod_identity(
        self, scope: Construct, id: str, spec: PodIdentitySpec
    ) -> Resource | None:
        """Create the identity; return None to use native objects."""
