"""The certificate authority of the cluster, and what pods trust beside it."""

from collections.abc import Mapping

from kubeapis import k8s
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import SecretReference
from kubestrata.constructs.config import ConfigKey, ConfigReference
from kubestrata.constructs.traffic import (
    AuthorityNames,
    InternalAuthority,
    PrivateKey,
    TrustBundle,
)

_NAMES = AuthorityNames(
    certificate="cluster-root-ca",
    secret="cluster-root-ca-secret",  # noqa: S106  # the name of a Secret
    root_issuer="cluster-ca-bootstrap",
)
_KEY = "ca.crt"


class ClusterAuthority(Component):
    """The ClusterIssuer `cluster-internal-ca`, and its root as a ConfigMap of every namespace.

    `issuer` signs names inside the cluster. `trusted` are further roots, PEM by name, for servers
    whose certificates no image trusts. `namespace` is that of cert-manager, the trust namespace of
    trust-manager.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, trusted: Mapping[str, str]) -> None:
        super().__init__(scope, "cluster-ca", layer="infrastructure", namespace=namespace)
        authority = InternalAuthority(
            self,
            "cluster-internal-ca",
            common_name="cluster-root-ca",
            key=PrivateKey("RSA", 4096),
            names=_NAMES,
        )
        self.issuer = authority.ref
        self.root: SecretReference = authority.secret
        more = [self._public(name, text) for name, text in trusted.items()]
        self.bundle = TrustBundle(
            self, "cluster-internal-ca-bundle", sources=[self.root.key(_KEY), *more]
        )

    def _public(self, name: str, certificate: str) -> ConfigKey:
        made = k8s.ConfigMap(self, name, data={_KEY: certificate})
        return ConfigReference(made.ref, frozenset({_KEY})).key(_KEY)
