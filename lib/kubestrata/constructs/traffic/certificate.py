"""TLS certificates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kubeapis import cert_manager
from kubestrata.constructs.secret.reflection import ReflectedTo
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.host import Host
from kubestrata.core.value.typed_text import check_texts

_ISSUERS = ("ClusterIssuer", "Issuer")
# Keys of the Secret that cert-manager writes (source: its Certificate API).
KEYS = frozenset({"ca.crt", "tls.crt", "tls.key"})
# Source: RFC 5280, ub-common-name.
_LONGEST_COMMON_NAME = 64


class Lifetime(Frozen):
    """Validity of a certificate, and the time before its end at which it is renewed.

    None is cert-manager's default: 90 days, and a third of the validity.
    """

    duration: Duration | None = None
    renew_before: Duration | None = None

    def __post_init__(self) -> None:
        check_texts(self)


Usage = Literal[
    "signing",
    "digital signature",
    "content commitment",
    "key encipherment",
    "key agreement",
    "data encipherment",
    "cert sign",
    "crl sign",
    "encipher only",
    "decipher only",
    "any",
    "server auth",
    "client auth",
    "code signing",
    "email protection",
    "s/mime",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "timestamping",
    "ocsp signing",
    "microsoft sgc",
    "netscape sgc",
]
"""A usage of a key, as cert-manager spells it."""


class PrivateKey(Frozen):
    """Key algorithm and size; None is cert-manager's default, RSA with 2048 bits."""

    algorithm: Literal["ECDSA", "Ed25519", "RSA"] | None = None
    size: int | None = None


class Certificate(Construct):
    """A Certificate named `id` for `hosts`, and its Secret, by default `<id>-tls`.

    Each renewal creates a new key, which without `usages` may sign and encipher keys. PKI roles of
    Vault and OpenBao require a `common_name` by default (`require_cn`), ACME issuers do not. Raises
    InvalidReference for a kind that is not an issuer, InvalidValue for a common name that is not
    one of the hosts or too long.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hosts: Sequence[Host],
        issuer: Reference,
        common_name: Host | None = None,
        secret_name: str | None = None,
        lifetime: Lifetime | None = None,
        key: PrivateKey | None = None,
        usages: Sequence[Usage] = (),
        copies: ReflectedTo | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-certificate")
        if not hosts:
            raise InvalidValue(f"Certificate {id!r}", "has no host", "name one")
        if common_name is not None:
            _check_common_name(id, common_name, hosts)
        if copies is not None:
            copies.prepare(self)
        name, times, kind = secret_name or f"{id}-tls", lifetime or Lifetime(), key or PrivateKey()
        self.resource = cert_manager.Certificate(
            self,
            id,
            spec=cert_manager.CertificateSpec(
                secret_name=name,
                secret_template=cert_manager.CertificateSpecSecretTemplate(
                    annotations=copies.annotations
                )
                if copies is not None
                else None,
                common_name=common_name,
                dns_names=list(hosts),
                duration=times.duration,
                renew_before=times.renew_before,
                issuer_ref=issuer_ref(issuer),
                private_key=cert_manager.CertificateSpecPrivateKey(
                    algorithm=kind.algorithm, size=kind.size, rotation_policy="Always"
                ),
                usages=list(usages) or None,
            ),
        )
        made = self.resource.ref.makes("Secret", name)
        self.secret = SecretReference(made, KEYS, copies.names if copies else frozenset())


def _check_common_name(id: str, name: Host, hosts: Sequence[Host]) -> None:
    what = f"common_name {str(name)!r} of Certificate {id!r}"
    if name not in hosts:
        raise InvalidValue(what, "is not one of its hosts", "add it to hosts=")
    if len(name) > _LONGEST_COMMON_NAME:
        why = f"has {len(name)} characters; at most {_LONGEST_COMMON_NAME} are allowed"
        raise InvalidValue(what, why, "use a shorter host")


def issuer_ref(issuer: Reference) -> cert_manager.CertificateSpecIssuerRef:
    """Return an issuer as `issuerRef`; raises InvalidReference for any other kind."""
    if issuer.group != "cert-manager.io" or issuer.kind not in _ISSUERS:
        why = f"is not a valid issuer: must be one of {', '.join(_ISSUERS)}"
        raise InvalidReference(str(issuer), why)
    return cert_manager.CertificateSpecIssuerRef(name=issuer.name, kind=issuer.kind)
