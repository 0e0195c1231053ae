"""Credentials of the providers of AWS."""

from __future__ import annotations

from kubeapis import upbound_aws
from kubestrata.constructs.cloud.managed import ProviderConfig
from kubestrata.core.node import Construct


class AwsPodIdentityCredentials(Construct):
    """One ClusterProviderConfig: the providers use the pod identity of their ServiceAccount.

    The one named `default` is that of managed resources which name none.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, f"{id}-credentials")
        credentials = upbound_aws.ClusterProviderConfigSpecCredentials(source="PodIdentity")
        self.resource = upbound_aws.ClusterProviderConfig(
            self, id, spec=upbound_aws.ClusterProviderConfigSpec(credentials=credentials)
        )

    @property
    def provider_config(self) -> ProviderConfig:
        """Return the value to provide to the cluster, for its managed resources."""
        return ProviderConfig(self.resource.ref)
