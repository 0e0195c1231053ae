"""TLS certificates from Let's Encrypt, proved by DNS records at DigitalOcean."""

from pathlib import Path

from charts import catalogue
from kubeapis import cert_manager, helm
from kubestrata import Cluster, Namespace
from kubestrata.constructs import EncryptedSecret, HelmComponent, SecretReference

_LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"


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
        self.issuer = cert_manager.ClusterIssuer(
            self,
            "letsencrypt",
            spec=cert_manager.ClusterIssuerSpec(
                acme=cert_manager.ClusterIssuerSpecAcme(
                    email=email,
                    server=_LETS_ENCRYPT,
                    private_key_secret_ref=cert_manager.ClusterIssuerSpecAcmePrivateKeySecretRef(
                        name="letsencrypt-account"
                    ),
                    solvers=[_solver(scope, secret)],
                )
            ),
        )


def _solver(cluster: Cluster, secret: SecretReference) -> cert_manager.ClusterIssuerSpecAcmeSolvers:
    token = cert_manager.ClusterIssuerSpecAcmeSolversDns01DigitaloceanTokenSecretRef(
        name=secret.name, key=secret.key("access-token").key
    )
    return cert_manager.ClusterIssuerSpecAcmeSolvers(
        selector=cert_manager.ClusterIssuerSpecAcmeSolversSelector(dns_zones=[cluster.domain]),
        dns01=cert_manager.ClusterIssuerSpecAcmeSolversDns01(
            digitalocean=cert_manager.ClusterIssuerSpecAcmeSolversDns01Digitalocean(
                token_secret_ref=token
            )
        ),
    )


_VALUES = helm.cert_manager.Values(
    crds=helm.cert_manager.ValuesCrds(enabled=True, keep=True),
    # The home network answers for the domain itself: ask public resolvers for the proof.
    dns01_recursive_nameservers="1.1.1.1:53,9.9.9.9:53",
    dns01_recursive_nameservers_only=True,
)
