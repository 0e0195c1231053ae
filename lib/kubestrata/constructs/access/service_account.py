"""Accounts of pods in the API server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ReferenceName


class ServiceAccount(Construct):
    """One ServiceAccount named `id`.

    Pods get its token only if they request it, or with `token`. `pull_secrets` are credentials of
    image registries, in the same namespace. `annotations` bind it to a cloud identity.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        token: bool = False,
        pull_secrets: Sequence[SecretReference] = (),
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        namespace: Reference | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-account")
        self.resource = k8s.ServiceAccount(
            self,
            id,
            metadata=k8s.ObjectMeta(
                namespace=namespace.name if namespace is not None else None,
                labels=labels or None,
                annotations=annotations or None,
            ),
            automount_service_account_token=token,
            image_pull_secrets=[k8s.LocalObjectReference(name=each.name) for each in pull_secrets]
            or None,
        )
        for each in pull_secrets:
            each.require_namespace(self.resource.identity.namespace)

    @property
    def ref(self) -> Reference:
        """Return the ServiceAccount."""
        return self.resource.ref

    @property
    def name(self) -> ReferenceName:
        """Return the name; using it makes an edge to the component."""
        return self.resource.name
