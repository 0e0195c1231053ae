"""An existing Grafana, registered with the Grafana operator."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import grafana, k8s
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ReferenceName, ServiceReference


class GrafanaInstance(Construct):
    """One Grafana object with `external`: the operator configures it and runs none itself.

    `user` and `password` are the administrator's.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        service: ServiceReference,
        user: SecretKey,
        password: SecretKey,
        labels: Mapping[str, str],
    ) -> None:
        super().__init__(scope, f"{id}-grafana")
        self._service = service
        self.resource = grafana.Grafana(
            self,
            id,
            metadata=k8s.ObjectMeta(labels=labels),
            spec=grafana.GrafanaSpec(
                external=grafana.GrafanaSpecExternal(
                    url=service.url(),
                    admin_user=user.selector,
                    admin_password=password.selector,
                )
            ),
        )
        for key in (user, password):
            key.secret.require_namespace(self.resource.identity.namespace)

    @property
    def url(self) -> ReferenceName:
        """Return its URL in the cluster; using it makes an edge to the Grafana object."""
        return self.ref.text(str.__str__(self._service.url()))

    @property
    def ref(self) -> Reference:
        """Return the Grafana object."""
        return self.resource.ref
