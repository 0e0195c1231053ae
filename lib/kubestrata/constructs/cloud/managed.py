"""Names and provider configuration shared by all managed resources of AWS."""

from __future__ import annotations

from kubeapis import k8s, upbound_aws
from kubestrata.constructs.cloud.aws_account import AwsAccount
from kubestrata.core.cluster import component_of
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

EXTERNAL_NAME = "crossplane.io/external-name"


class ProviderConfig(Frozen):
    """Credentials of managed resources; a cluster provides it once its providers are installed."""

    ref: Reference


class Managed:
    """Names and common spec fields of the managed resources of `id`."""

    def __init__(self, scope: Construct, id: str) -> None:
        cluster = component_of(scope).cluster
        self.account = cluster.ask(AwsAccount)
        self.name = self.account.naming.object_name(id)
        self._id = id
        self._config = cluster.find(ProviderConfig)

    @property
    def external_name(self) -> str:
        """Return the name of a role, user or policy in the cloud; raises InvalidName."""
        return self.account.naming.external_name(self.account.cluster_name, self._id)

    @property
    def bucket_name(self) -> str:
        """Return the name of a bucket in the cloud; raises InvalidName."""
        account = self.account
        return account.naming.bucket_name(
            self._id, cluster=account.cluster_name, account=account.account_id
        )

    def metadata(self, external_name: str | None = None) -> k8s.ObjectMeta:
        """Return the metadata; `external_name` is for kinds with a separate name in the cloud."""
        annotations = {EXTERNAL_NAME: external_name} if external_name else None
        return k8s.ObjectMeta(name=self.name, annotations=annotations)

    @property
    def provider_config(self) -> upbound_aws.KeySpecProviderConfigRef | None:
        """Return the ProviderConfig to use, with an edge to it; None is the provider's default."""
        if self._config is None:
            return None
        ref = self._config.ref
        return upbound_aws.KeySpecProviderConfigRef(kind=ref.kind, name=ref.name)
