"""What all managed resources of AWS share: their names, and who makes them in the account."""

from __future__ import annotations

from dataclasses import dataclass

from kubeapis import k8s, upbound_aws
from kubestrata.constructs.cloud.aws_account import AwsAccount
from kubestrata.constructs.cloud.crossplane_naming import LONGEST_ROLE
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.tree import component_of

EXTERNAL_NAME = "crossplane.io/external-name"


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """The credentials of managed resources; a cluster offers it once its providers are there."""

    ref: Reference


class Managed:
    """The names of the managed resources of `id`, and what each of them is told."""

    def __init__(self, scope: Construct, id: str, *, longest: int = LONGEST_ROLE) -> None:
        """`longest` is how many characters the name in the cloud may have."""
        cluster = component_of(scope).cluster
        self.account = cluster.ask(AwsAccount)
        self.name = self.account.naming.object_name(id)
        self.external_name = self.account.naming.external_name(
            self.account.cluster_name, id, longest=longest
        )
        self._config = cluster.find(ProviderConfig)

    def metadata(self, external_name: str | None = None) -> k8s.ObjectMeta:
        """The metadata; `external_name` is for kinds with a name of their own in the cloud."""
        annotations = {EXTERNAL_NAME: external_name} if external_name else None
        return k8s.ObjectMeta(name=self.name, annotations=annotations)

    @property
    def provider_config(self) -> upbound_aws.KeySpecProviderConfigRef | None:
        """Which credentials are used; using them makes an edge, None is the provider's default."""
        if self._config is None:
            return None
        ref = self._config.ref
        return upbound_aws.KeySpecProviderConfigRef(kind=ref.kind, name=ref.name)
