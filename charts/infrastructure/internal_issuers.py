"""Certificate authorities of the cluster itself, and certificates that they sign."""

from collections.abc import Sequence
from typing import Literal

from kubeapis import cert_manager as api
from kubeapis import k8s
from kubestrata import Component, Construct, Duration, Frozen, Reference
from kubestrata.constructs import SecretReference
from kubestrata.constructs.secret import ReflectedTo

Usage = Literal["cert sign", "client auth", "digital signature", "key encipherment", "server auth"]
KEYS = frozenset({"ca.crt", "tls.crt", "tls.key"})


class Names(Frozen):
    """The names of a server certificate; `of` makes those of Services."""

    hosts: Sequence[str] = ()
    addresses: Sequence[str] = ()

    @classmethod
    def of(cls, namespace: str, *services: str, bare: bool = True) -> "Names":
        """Return every name by which pods reach Services of a namespace."""
        ends = (f".{namespace}.svc", f".{namespace}.svc.cluster.local")
        short = ("",) if bare else ()
        return cls([f"{each}{end}" for each in services for end in (*short, *ends)])


class Subject(Frozen):
    """The subject of a certificate."""

    common_name: str | None = None
    organization: str | None = None
    is_authority: bool = False


class Validity(Frozen):
    """The time that a certificate is valid, and the time before its end at which it is renewed."""

    duration: str
    renew_before: str


def internal_certificate(
    scope: Component,
    id: str,
    *,
    issuer: Reference,
    names: Names,
    subject: Subject | None = None,
    validity: Validity | None = None,
    usages: Sequence[Usage] = (),
    secret: str | None = None,
    namespace: Reference | None = None,
    copies: ReflectedTo | None = None,
) -> SecretReference:
    """Create a Certificate with an RSA key, and return its Secret, `id` unless `secret` is given.

    `namespace` is by default that of the component; `copies` are in other ones.
    """
    who = subject or Subject()
    if copies is not None:
        copies.prepare(scope)
    spec = api.CertificateSpec(
        secret_name=secret or id,
        secret_template=api.CertificateSpecSecretTemplate(annotations=copies.annotations)
        if copies is not None
        else None,
        is_ca=who.is_authority or None,
        common_name=who.common_name,
        subject=api.CertificateSpecSubject(organizations=[who.organization])
        if who.organization
        else None,
        dns_names=list(names.hosts) or None,
        ip_addresses=list(names.addresses) or None,
        duration=Duration(validity.duration) if validity else None,
        renew_before=Duration(validity.renew_before) if validity else None,
        usages=list(usages) or None,
        private_key=api.CertificateSpecPrivateKey(
            algorithm="RSA",
            encoding="PKCS8",
            size=2048,
            # Clients trust the key of an authority: a new one would break all of them.
            rotation_policy="Never" if who.is_authority else "Always",
        ),
        issuer_ref=api.CertificateSpecIssuerRef(name=issuer.name, kind="ClusterIssuer"),
    )
    metadata = k8s.ObjectMeta(namespace=namespace.name) if namespace is not None else None
    made = api.Certificate(scope, id, metadata=metadata, spec=spec)
    space = made.identity.namespace
    ref = Reference(scope, "", "Secret", secret or id, space, made)
    return SecretReference(ref, KEYS, copies.names if copies is not None else frozenset())


class InternalIssuers(Construct):
    """The ClusterIssuer `internal-issuer`, with a certificate of its own that it signs by.

    `internal-ca-issuer` signs the certificate `internal-ca-certificate` of the authority. Create it
    in the component of cert-manager, where issuers read their Secrets.
    """

    def __init__(self, scope: Component, *, common_name: str, organization: str) -> None:
        super().__init__(scope, "internal-issuers")
        root = self_signed(scope, "internal-ca-issuer")
        authority = internal_certificate(
            scope,
            "internal-ca-certificate",
            issuer=root,
            names=Names(),
            subject=Subject(common_name, organization, is_authority=True),
            validity=Validity("8760h", "720h"),
            secret="internal-ca-tls",  # noqa: S106  # the name of a Secret
        )
        self.ref = signed_by(scope, "internal-issuer", authority)


def self_signed(scope: Construct, id: str) -> Reference:
    """Create a ClusterIssuer whose certificates sign themselves."""
    spec = api.ClusterIssuerSpec(self_signed=api.ClusterIssuerSpecSelfSigned())
    return api.ClusterIssuer(scope, id, spec=spec).ref


def signed_by(scope: Construct, id: str, authority: SecretReference) -> Reference:
    """Create a ClusterIssuer that signs by the certificate of an authority."""
    authority_field = api.ClusterIssuerSpecCa(secret_name=authority.name)
    return api.ClusterIssuer(scope, id, spec=api.ClusterIssuerSpec(ca=authority_field)).ref
