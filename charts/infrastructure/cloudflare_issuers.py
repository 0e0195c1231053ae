"""Let's Encrypt's issuers, validated by DNS records at Cloudflare."""

from charts.infrastructure.cert_manager import CertManager
from kubestrata import Component, Construct, Reference
from kubestrata.constructs import ExternalSecret, Flow, RemoteKey, SecretSource
from kubestrata.constructs.traffic import (
    LETS_ENCRYPT,
    LETS_ENCRYPT_STAGING,
    AcmeIssuer,
    DnsSolver,
)

_SECRET, _KEY = "cloudflare-api-token", "api-token"  # the name of a Secret
_FIELD = "credential"
_API = "api.cloudflare.com"


class CloudflareIssuers(Component):
    """The ClusterIssuers `letsencrypt-staging` and `letsencrypt-production` of one domain.

    `token` is the entry of the secret store with the token that edits DNS.
    """

    def __init__(self, cert_manager: CertManager, *, email: str, token: str) -> None:
        cluster = cert_manager.cluster
        super().__init__(
            cluster,
            "cert-manager-issuers",
            layer="security",
            namespace=cert_manager.home_namespace,
        )
        self.needs(cert_manager)
        api = Flow.to_hosts(_API)
        cert_manager.release.allow(api, pods=cert_manager.controller)
        source = SecretSource.keys({_KEY: RemoteKey(token, _FIELD)})
        secret = ExternalSecret(self, _SECRET, source=source).secret
        solver = DnsSolver.cloudflare(token=secret.key(_KEY), zones=[cluster.domain])
        self.staging = _issuer(self, "staging", LETS_ENCRYPT_STAGING, email, solver)
        self.production = _issuer(self, "production", LETS_ENCRYPT, email, solver)


def _issuer(scope: Construct, name: str, server: str, email: str, solver: DnsSolver) -> Reference:
    id = f"letsencrypt-{name}"
    return AcmeIssuer(
        scope,
        id,
        email=email,
        server=server,
        solvers=[solver],
        account=f"{id}-account-key",
    ).ref
