"""TLS certificates from Let's Encrypt, proved by DNS records at DigitalOcean."""

from pathlib import Path

from charts import catalogue
from kubeapis import helm
from kubestrata import Cluster, Namespace
from kubestrata.constructs import EncryptedSecret, HelmComponent
from kubestrata.constructs.traffic import AcmeIssuer, DnsSolver


class CertManager(HelmComponent):
    """cert-manager, and the ClusterIssuer `letsencrypt` for the cluster's domain.

    `token` is the encrypted Secret `digitalocean-dns` with the key `access-token`.
    """

    def __init__(self, scope: Cluster, *, email: str, token: Path) -> None:
        super().__init__(
            scope,
            "cert-manager",
            layer="infrastructure",
            namespace=Namespace("cert-manager", pod_security="restricted"),
            chart=catalogue.CERT_MANAGER,
            values=_VALUES,
        )
        secret = EncryptedSecret(self, "digitalocean-dns", file=token).secret
        solver = DnsSolver.digital_ocean(token=secret.key("access-token"), zones=[scope.domain])
        self.issuer = AcmeIssuer(self, "letsencrypt", email=email, solvers=[solver])


_VALUES = helm.cert_manager.Values(
    crds=helm.cert_manager.ValuesCrds(enabled=True, keep=True),
    # The home network answers for the domain itself: ask public resolvers for the proof.
    dns01_recursive_nameservers="1.1.1.1:53,9.9.9.9:53",
    dns01_recursive_nameservers_only=True,
)
