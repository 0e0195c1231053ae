"""DNS-01 solvers, by which an ACME issuer proves control of a domain."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import cert_manager as api
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject
from kubestrata.core.value.host import Host

_Dns01 = api.ClusterIssuerSpecAcmeSolversDns01


class DnsSolver(Frozen):
    """A DNS-01 solver, for `zones` only or for every name; use one of the factories below."""

    dns01: api.ClusterIssuerSpecAcmeSolversDns01
    zones: tuple[Host, ...]

    @classmethod
    def route53(
        cls, *, region: str, zones: Sequence[Host] = (), hosted_zone: str | None = None
    ) -> DnsSolver:
        """Return Route 53, with cert-manager's cloud identity; `hosted_zone` is the zone's id."""
        aws = api.ClusterIssuerSpecAcmeSolversDns01Route53(
            region=region, hosted_zone_id=hosted_zone
        )
        return cls(_Dns01(route53=aws), tuple(zones))

    @classmethod
    def cloudflare(cls, *, token: SecretKey, zones: Sequence[Host] = ()) -> DnsSolver:
        """Return Cloudflare, with a token that may edit DNS."""
        cloudflare = api.ClusterIssuerSpecAcmeSolversDns01Cloudflare(
            api_token_secret_ref=secret_key(token)
        )
        return cls(_Dns01(cloudflare=cloudflare), tuple(zones))

    @classmethod
    def digital_ocean(cls, *, token: SecretKey, zones: Sequence[Host] = ()) -> DnsSolver:
        """Return DigitalOcean, with a token that has write access."""
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
        """Return a third-party webhook: its API group, its solver name and its settings."""
        hook = api.ClusterIssuerSpecAcmeSolversDns01Webhook(
            group_name=group, solver_name=solver, config=config
        )
        return cls(_Dns01(webhook=hook), tuple(zones))

    @property
    def field(self) -> api.ClusterIssuerSpecAcmeSolvers:
        """Return the entry of `solvers`."""
        selector = (
            api.ClusterIssuerSpecAcmeSolversSelector(dns_zones=list(self.zones))
            if self.zones
            else None
        )
        return api.ClusterIssuerSpecAcmeSolvers(dns01=self.dns01, selector=selector)


def secret_key(key: SecretKey) -> api.ClusterIssuerSpecAcmePrivateKeySecretRef:
    """Return a key of a Secret in cert-manager's namespace for ClusterIssuers."""
    return api.ClusterIssuerSpecAcmePrivateKeySecretRef(name=key.name, key=key.key)
