"""The certificate of all hosts of a domain."""

from kubestrata import Cluster, Component, Duration, Host, Reference
from kubestrata.constructs import Certificate, SecretReference
from kubestrata.constructs.traffic import Lifetime, PrivateKey

_LIFETIME = Lifetime(Duration("2160h"), Duration("360h"))


class WildcardCertificate(Component):
    """The certificate `wildcard-tls` for the domain, its hosts, and hosts of its subdomains.

    `names` are the names of Let's Encrypt's certificate; a wildcard covers one label only.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, issuer: Reference, subdomains: list[Host]
    ) -> None:
        super().__init__(scope, "wildcard-tls", layer="security", namespace=namespace)
        domain = scope.domain
        hosts = [domain.wildcard, domain, *(each.wildcard for each in subdomains)]
        self.secret: SecretReference = Certificate(
            self,
            "wildcard-tls",
            secret_name="wildcard-tls",  # noqa: S106  # a name
            hosts=hosts,
            issuer=issuer,
            common_name=domain.wildcard,
            lifetime=_LIFETIME,
            key=PrivateKey("RSA", 2048),
            usages=["digital signature", "key encipherment", "server auth"],
        ).secret
