"""Certificates from Let's Encrypt, validated by DNS records at Cloudflare."""

from kubeapis import cert_manager as api
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.traffic import LETS_ENCRYPT, DnsSolver

_TOKEN = "cloudflare-api-token"  # noqa: S105  # the name of a Secret and of its key
_NAME = "cloudflare-issuer"


class CloudflareIssuer(Component):
    """The ClusterIssuer `cloudflare-issuer`, with the token that it edits DNS by.

    `token` and `contact` are keys of the secret store: the token, and the e-mail address of the
    account at Cloudflare, which nothing reads. `namespace` is that of cert-manager, where
    issuers read their Secrets.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, email: str, token: str, contact: str
    ) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        source = SecretSource.keys({_TOKEN: RemoteKey(token), "email": RemoteKey(contact)})
        secret = ExternalSecret(self, _TOKEN, source=source).secret
        solver = DnsSolver.cloudflare(token=secret.key(_TOKEN))
        account = api.ClusterIssuerSpecAcmePrivateKeySecretRef(name=f"{_NAME}-account-key")
        acme = api.ClusterIssuerSpecAcme(
            email=email,
            server=LETS_ENCRYPT,
            private_key_secret_ref=account,
            solvers=[solver.field],
        )
        self.ref = api.ClusterIssuer(self, _NAME, spec=api.ClusterIssuerSpec(acme=acme)).ref
