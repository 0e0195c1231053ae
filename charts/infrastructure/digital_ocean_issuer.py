"""Certificates from Let's Encrypt, validated by DNS records at DigitalOcean."""

from pathlib import Path

from charts.infrastructure.cert_manager import CertManager
from kubestrata import Construct
from kubestrata.constructs import EncryptedSecret
from kubestrata.constructs.traffic import AcmeIssuer, DnsSolver


class DigitalOceanIssuer(Construct):
    """The ClusterIssuer `letsencrypt` for the cluster's domain.

    `token` is the encrypted Secret `digitalocean-dns` with the key `access-token`.
    """

    def __init__(self, scope: CertManager, *, email: str, token: Path) -> None:
        super().__init__(scope, "digital-ocean-issuer")
        secret = EncryptedSecret(self, "digitalocean-dns", file=token).secret
        zones = [scope.cluster.domain]
        solver = DnsSolver.digital_ocean(token=secret.key("access-token"), zones=zones)
        self.ref = AcmeIssuer(self, "letsencrypt", email=email, solvers=[solver]).ref
