"""Certificate issuers: ACME, Vault or OpenBao, and a certificate authority of the cluster.

Secrets of a ClusterIssuer are in cert-manager's namespace for them, by default its own; create
issuers in a component of that namespace.
"""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import cert_manager as api
from kubeapis import k8s
from kubestrata.constructs.secret.secret_reference import SecretKey, SecretReference
from kubestrata.constructs.secret.vault_login import (
    VaultAppRole,
    VaultLogin,
    VaultServiceAccount,
    VaultToken,
)
from kubestrata.constructs.traffic.certificate import KEYS, Lifetime, PrivateKey, issuer_ref
from kubestrata.constructs.traffic.dns_solver import DnsSolver, secret_key
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.url import check_url

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
LETS_ENCRYPT_STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"
_DECADE = Lifetime(Duration("87600h"), Duration("8760h"))


class AcmeIssuer(Construct):
    """A ClusterIssuer of an ACME server; `account` is the Secret of its account's key.

    cert-manager creates that Secret, by default `<id>-account`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        email: str,
        solvers: Sequence[DnsSolver],
        server: str = LETS_ENCRYPT,
        account: str | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-issuer")
        if not solvers:
            why = "has no solver, so it cannot prove control of any domain"
            raise InvalidValue(f"AcmeIssuer {id!r}", why, "pass a DnsSolver")
        check_url(f"server of AcmeIssuer {id!r}:", server)
        key = api.ClusterIssuerSpecAcmePrivateKeySecretRef(name=account or f"{id}-account")
        acme = api.ClusterIssuerSpecAcme(
            email=email,
            server=server,
            private_key_secret_ref=key,
            solvers=[each.field for each in solvers],
        )
        self.resource = api.ClusterIssuer(self, id, spec=api.ClusterIssuerSpec(acme=acme))
        self.ref: Reference = self.resource.ref


class VaultIssuer(Construct):
    """A ClusterIssuer of the PKI engine of Vault or OpenBao.

    `path` is that of the signing role: `pki/sign/role`; `namespace` is the server's namespace that
    has the PKI engine and the auth method, None the root. `ca` are the certificate authorities of
    the server: PEM in base64, or a key of a Secret.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        server: str,
        path: str,
        login: VaultLogin,
        namespace: str | None = None,
        ca: str | SecretKey | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-issuer")
        check_url(f"server of VaultIssuer {id!r}:", server)
        inline = None if isinstance(ca, SecretKey) else ca
        vault = api.ClusterIssuerSpecVault(
            server=server,
            namespace=namespace,
            path=path,
            ca_bundle=inline,
            ca_bundle_secret_ref=_ca_key(ca) if isinstance(ca, SecretKey) else None,
            auth=_auth(login),
        )
        self.resource = api.ClusterIssuer(self, id, spec=api.ClusterIssuerSpec(vault=vault))
        self.ref: Reference = self.resource.ref


class AuthorityNames(Frozen):
    """Names of the objects of an InternalAuthority, for one that exists already."""

    certificate: str
    secret: str
    root_issuer: str

    @classmethod
    def of(cls, id: str) -> AuthorityNames:
        """Return the default names."""
        return cls(id, f"{id}-tls", f"{id}-root")


class InternalAuthority(Construct):
    """A certificate authority of the cluster: the ClusterIssuer `id`, with a self-signed root.

    Its certificate is `<id>`, its Secret `<id>-tls`, and the issuer of the root is the
    ClusterIssuer `<id>-root`, unless `names` are given. Clients trust it by the `ca.crt` of
    `secret`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        common_name: str,
        lifetime: Lifetime = _DECADE,
        key: PrivateKey | None = None,
        names: AuthorityNames | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-issuer")
        called = names or AuthorityNames.of(id)
        name, kind = called.secret, key or PrivateKey("ECDSA", 256)
        self.root = api.ClusterIssuer(
            self, called.root_issuer, spec=api.ClusterIssuerSpec(self_signed=_SELF_SIGNED)
        )
        self.certificate = api.Certificate(
            self,
            f"{id}-certificate",
            metadata=k8s.ObjectMeta(name=called.certificate),
            spec=api.CertificateSpec(
                is_ca=True,
                common_name=common_name,
                secret_name=name,
                duration=lifetime.duration,
                renew_before=lifetime.renew_before,
                issuer_ref=issuer_ref(self.root.ref),
                # Clients trust the key of the root: a new one would break all of them.
                private_key=api.CertificateSpecPrivateKey(
                    algorithm=kind.algorithm, size=kind.size, rotation_policy="Never"
                ),
            ),
        )
        self.secret = SecretReference(self.certificate.ref.makes("Secret", name), KEYS)
        authority = api.ClusterIssuerSpecCa(secret_name=self.secret.name)
        self.resource = api.ClusterIssuer(self, id, spec=api.ClusterIssuerSpec(ca=authority))
        self.ref: Reference = self.resource.ref


_SELF_SIGNED = api.ClusterIssuerSpecSelfSigned()


def _ca_key(key: SecretKey) -> api.ClusterIssuerSpecVaultCaBundleSecretRef:
    return api.ClusterIssuerSpecVaultCaBundleSecretRef(name=key.name, key=key.key)


def _auth(login: VaultLogin) -> api.ClusterIssuerSpecVaultAuth:
    match login:
        case VaultAppRole():
            role = api.ClusterIssuerSpecVaultAuthAppRole(
                path=login.path, role_id=login.role_id, secret_ref=secret_key(login.secret)
            )
            return api.ClusterIssuerSpecVaultAuth(app_role=role)
        case VaultServiceAccount():
            account = api.ClusterIssuerSpecVaultAuthKubernetesServiceAccountRef(
                name=login.service_account.name
            )
            kubernetes = api.ClusterIssuerSpecVaultAuthKubernetes(
                mount_path=f"/v1/auth/{login.mount}",
                role=login.role,
                service_account_ref=account,
            )
            return api.ClusterIssuerSpecVaultAuth(kubernetes=kubernetes)
        case VaultToken():
            return api.ClusterIssuerSpecVaultAuth(token_secret_ref=secret_key(login.secret))
