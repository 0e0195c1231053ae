"""How an ACME issuer proves that a domain is ours: a record in the domain's zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubeapis import cert_manager as api
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.json_value import JsonObject
from kubestrata.core.value.host import Host

_Dns01 = api.ClusterIssuerSpecAcmeSolversDns01


@dataclass(frozen=True, slots=True)
class DnsSolver:
    """A DNS-01 solver, for `zones` alone or for every name; made by the factories below."""

    dns01: api.ClusterIssuerSpecAcmeSolversDns01
    zones: tuple[Host, ...]

    @classmethod
    def route53(
        cls, *, region: str, zones: Sequence[Host] = (), hosted_zone: str | None = None
    ) -> DnsSolver:
        """Route 53, as cert-manager's own cloud identity; `hosted_zone` is the zone's id."""
        aws = api.ClusterIssuerSpecAcmeSolversDns01Route53(
            region=region, hosted_zone_id=hosted_zone
        )
        return cls(_Dns01(route53=aws), tuple(zones))

    @classmethod
    def cloudflare(cls, *, token: SecretKey, zones: Sequence[Host] = ()) -> DnsSolver:
        """Cloudflare, by a token that may edit DNS."""
        cloudflare = api.ClusterIssuerSpecAcmeSolversDns01Cloudflare(
            api_token_secret_ref=secret_key(token)
        )
        return cls(_Dns01(cloudflare=cloudflare), tuple(zones))

    @classmethod
    def digital_ocean(cls, *, token: SecretKey, zones: Sequence[Host] = ()) -> DnsSolver:
        """DigitalOcean, by a token that may write."""
        ocean = api.ClusterIssuerSpecAcmeSolversDns01Digitalocean(
            token_secret_ref=secret_key(token)
        )
        return cls(_Dns01(digitalocean=ocean), tuple(zones))

    @classmethod
    def webhook(
        cls,
        *,
        group: str,
        solver: str,
        config: JsonObject | None = None,
        zones: Sequence[Host] = (),
    ) -> DnsSolver:
        """A webhook of somebody else: its API group, the name of its solver, its own settings."""
        hook = api.ClusterIssuerSpecAcmeSolversDns01Webhook(
            group_name=group, solver_name=solver, config=config
        )
        return cls(_Dns01(webhook=hook), tuple(zones))

    @property
    def field(self) -> api.ClusterIssuerSpecAcmeSolvers:
        """As `solvers` wants it."""
        selector = (
            api.ClusterIssuerSpecAcmeSolversSelector(dns_zones=list(self.zones))
            if self.zones
            else None
        )
        return api.ClusterIssuerSpecAcmeSolvers(dns01=self.dns01, selector=selector)


def secret_key(key: SecretKey) -> api.ClusterIssuerSpecAcmePrivateKeySecretRef:
    """A key of a Secret in the namespace that cert-manager keeps for ClusterIssuers."""
    return api.ClusterIssuerSpecAcmePrivateKeySecretRef(name=key.name, key=key.key)
