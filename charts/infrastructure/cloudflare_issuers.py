"""Let's Encrypt's issuers, validated by DNS records at Cloudflare."""

from collections.abc import Mapping, Sequence

from charts.infrastructure.cert_manager import CertManager
from kubestrata import Component, Frozen, Host, Reference
from kubestrata.constructs import ExternalSecret, Flow, SecretSource
from kubestrata.constructs.traffic import AcmeIssuer, DnsSolver

_SECRET = "cloudflare-api-token"  # noqa: S105  # the name of a Secret
_API = "api.cloudflare.com"


class CloudflareToken(Frozen):
    """The values of the Secret `cloudflare-api-token`, and the key with the token."""

    source: SecretSource
    key: str


class CloudflareIssuers(Component):
    """ClusterIssuers for hosts of `zones`, or of every zone that the token can edit.

    `servers` are servers of ACME, by the names of their issuers; `issuers` are these. The Secret is
    in cert-manager's namespace, where issuers read theirs.
    """

    def __init__(
        self,
        cert_manager: CertManager,
        name: str,
        *,
        layer: str,
        email: str,
        token: CloudflareToken,
        servers: Mapping[str, str],
        zones: Sequence[Host] = (),
    ) -> None:
        home = cert_manager.home_namespace
        super().__init__(cert_manager.cluster, name, layer=layer, namespace=home)
        self.needs(cert_manager)
        api = Flow.to_hosts(_API)
        cert_manager.release.allow(api, pods=cert_manager.controller)
        secret = ExternalSecret(self, _SECRET, source=token.source).secret
        solver = DnsSolver.cloudflare(token=secret.key(token.key), zones=zones)
        self.issuers: Mapping[str, Reference] = {
            id: AcmeIssuer(
                self,
                id,
                email=email,
                server=server,
                solvers=[solver],
                account=f"{id}-account-key",
            ).ref
            for id, server in servers.items()
        }
