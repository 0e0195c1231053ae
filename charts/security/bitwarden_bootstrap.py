"""The authority that signed for Bitwarden's SDK server before the internal issuer did."""

from charts.infrastructure.internal_issuers import (
    Names,
    Subject,
    internal_certificate,
    self_signed,
    signed_by,
)
from charts.security.bitwarden import SDK_SERVER
from kubestrata import Component, Construct, Reference

_NAME = "bitwarden-bootstrap-certificate"


class BitwardenBootstrap(Construct):
    """The ClusterIssuers `bitwarden-bootstrap-issuer` and `bitwarden-certificate-issuer`.

    Nothing uses them any more. Create them in the component of cert-manager, where issuers read
    their Secrets; `home` is the namespace of the SDK server.
    """

    def __init__(self, scope: Component, *, home: Reference) -> None:
        super().__init__(scope, "bitwarden-bootstrap")
        root = self_signed(scope, "bitwarden-bootstrap-issuer")
        names = Names.of(home.object_name, SDK_SERVER, f"external-secrets-{SDK_SERVER}")
        authority = internal_certificate(
            scope,
            _NAME,
            issuer=root,
            names=Names([*names.hosts, "localhost"], ["127.0.0.1", "::1"]),
            subject=Subject(_NAME, is_authority=True),
        )
        signed_by(scope, "bitwarden-certificate-issuer", authority)
