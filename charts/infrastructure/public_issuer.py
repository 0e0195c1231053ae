"""Certificates of public hosts from Let's Encrypt, validated in the cluster's own zone."""

from charts.infrastructure.pdns_webhook import PdnsWebhook
from kubestrata import Cluster, Component, Reference, ServiceReference
from kubestrata.constructs import SecretReference
from kubestrata.constructs.traffic import AcmeIssuer

_NAME = "letsencrypt-prod"


class PublicIssuer(Component):
    """The ClusterIssuer `letsencrypt-prod`, by a server of ACME that the environment selects.

    `api_key` is the copy of the key of PowerDNS in cert-manager's namespace, `zone` the zone of the
    cluster's domain, which must exist.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        webhook: PdnsWebhook,
        api: ServiceReference,
        api_key: SecretReference,
        zone: Reference,
        email: str,
        server: str,
    ) -> None:
        super().__init__(
            scope, "cert-manager-environment", layer="infrastructure", namespace=namespace
        )
        self.needs(webhook)
        self.needs(zone)
        key = api_key.key("PDNS_API_KEY")
        solver = webhook.solver(api=api, key=key, zone=scope.domain)
        self.issuer = AcmeIssuer(
            self, _NAME, email=email, solvers=[solver], server=server, account=f"{_NAME}-key"
        ).ref
