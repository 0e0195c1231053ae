"""Versions of External Secrets that a cluster serves."""

from __future__ import annotations

from typing import Literal

from kubeapis import external_secrets as es
from kubestrata.core.frozen import Frozen

ExternalSecretsVersion = Literal["v1", "v1beta1"]


class ExternalSecretsApi(Frozen):
    """The version of stores and ExternalSecrets, if a cluster does not serve the newest.

    `v1beta1` is the only one before v0.16 of External Secrets, which has no refresh policies.
    """

    version: ExternalSecretsVersion = "v1"

    @property
    def has_refresh_policy(self) -> bool:
        """Return True if the version has `refreshPolicy`."""
        return self.version == "v1"

    @property
    def external_secret(self) -> type[es.ExternalSecret]:
        """Return the kind ExternalSecret of the version."""
        return es.ExternalSecret if self.version == "v1" else _ExternalSecret

    @property
    def secret_store(self) -> type[es.SecretStore]:
        """Return the kind SecretStore of the version."""
        return es.SecretStore if self.version == "v1" else _SecretStore

    @property
    def cluster_secret_store(self) -> type[es.ClusterSecretStore]:
        """Return the kind ClusterSecretStore of the version."""
        return es.ClusterSecretStore if self.version == "v1" else _ClusterSecretStore


# The fields that constructs set are the same in both versions.
class _ExternalSecret(es.ExternalSecret):
    api_version = "external-secrets.io/v1beta1"


class _SecretStore(es.SecretStore):
    api_version = "external-secrets.io/v1beta1"


class _ClusterSecretStore(es.ClusterSecretStore):
    api_version = "external-secrets.io/v1beta1"
