"""Certificates of Ingresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kubeapis import k8s
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.traffic.certificate import issuer_ref
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_subdomain
from kubestrata.core.reference import Reference, ReferenceName
from kubestrata.core.value.host import Host


class IngressTls(Frozen):
    """The source of an Ingress's certificate; use one of the factories below."""

    source: Literal["controller", "issuer", "none", "secret"]
    issuer: Reference | None = None
    secret_name: str | None = None
    from_secret: SecretReference | None = None

    @classmethod
    def issued(cls, issuer: Reference, *, secret_name: str | None = None) -> IngressTls:
        """Return a certificate that cert-manager issues, in the Secret `<ingress>-tls`.

        Raises InvalidReference for a reference that is not an issuer.
        """
        issuer_ref(issuer)
        if secret_name is not None:
            check_subdomain("Secret", secret_name)
        return cls("issuer", issuer, secret_name)

    @classmethod
    def secret(cls, secret: SecretReference) -> IngressTls:
        """Return the certificate of an existing Secret: `Certificate(...).secret`."""
        return cls("secret", from_secret=secret)

    @classmethod
    def of_controller(cls) -> IngressTls:
        """Return the default certificate of the controller."""
        return cls("controller")

    @classmethod
    def none(cls) -> IngressTls:
        """Return plain HTTP: TLS ends before the cluster, or nowhere."""
        return cls("none")

    @property
    def annotations(self) -> Mapping[str, str]:
        """Return the annotation for cert-manager, with an edge to the issuer."""
        if self.issuer is None:
            return {}
        kind = "cluster-issuer" if self.issuer.kind == "ClusterIssuer" else "issuer"
        return {f"cert-manager.io/{kind}": self.issuer.name}

    def fields(self, id: str, hosts: Sequence[Host]) -> list[k8s.IngressTLS] | None:
        """Return `tls` of the Ingress `id`."""
        if self.source == "none":
            return None
        name: str | ReferenceName | None = None
        if self.source == "issuer":
            name = self.secret_name or f"{id}-tls"
        elif self.from_secret is not None:
            name = self.from_secret.name
        return [k8s.IngressTLS(hosts=list(hosts), secret_name=name)]
