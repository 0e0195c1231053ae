"""Settings of a Keycloak server: database, listeners, features, options, probes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.constructs.scaling.availability import Availability
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.workload.resources import Resources
from kubestrata.core.argument import require
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

# Options with a field of their own, in which the operator sets them (source: its KeycloakSpec).
_FIELDS = {
    "bootstrap-admin-password": "administrator=",
    "bootstrap-admin-username": "administrator=",
    "cache-config-file": "cache=",
    "features": "features=",
    "features-disabled": "disabled_features=",
    "hostname": "host=",
    "http-enabled": "listeners=",
    "proxy-headers": "listeners=",
}
_Proxy = Literal["forwarded", "xforwarded"]
_OPTION = re.compile(r"(spi-)?[a-z][a-z0-9-]*\Z")


class KeycloakPool(Frozen):
    """The connections that each pod keeps to the database."""

    initial: int = 5
    min: int = 5
    max: int = 20

    def __post_init__(self) -> None:
        for name in ("initial", "min", "max"):
            require(f"{name} of KeycloakPool", getattr(self, name), int)
        if not 0 <= self.min <= self.max or not 0 <= self.initial <= self.max:
            what = f"KeycloakPool(initial={self.initial}, min={self.min}, max={self.max})"
            raise InvalidValue(what, "must have min and initial from 0 to max")


class KeycloakDatabase(Frozen):
    """A PostgreSQL database behind a Service, of the server or of a pooler in session mode.

    `login` has the keys `username` and `password`, and is in the namespace of Keycloak.
    """

    service: ServiceReference
    name: str
    login: SecretReference
    pool: KeycloakPool = KeycloakPool()

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidValue("name of KeycloakDatabase", "is empty", "name the database")
        for key in ("username", "password"):
            self.login.key(key)


class KeycloakListeners(Frozen):
    """The ports that Keycloak listens on: 8080 without TLS, 8443 with a certificate, or both.

    `port` is the one for routes. `headers` are those by which a proxy that terminates TLS passes on
    the address of the client.
    """

    port: Literal[8080, 8443]
    certificate: SecretReference | None = None
    headers: _Proxy | None = None

    def __post_init__(self) -> None:
        if self.certificate is not None:
            for key in ("tls.crt", "tls.key"):
                self.certificate.key(key)

    @classmethod
    def behind_proxy(
        cls, headers: _Proxy = "xforwarded", *, certificate: SecretReference | None = None
    ) -> KeycloakListeners:
        """Return HTTP for a proxy, such as a Gateway; with a certificate also HTTPS for others."""
        return cls(8080, certificate, headers)

    @classmethod
    def https(
        cls, certificate: SecretReference, *, headers: _Proxy | None = None
    ) -> KeycloakListeners:
        """Return HTTPS only, for TLS passthrough or a Gateway with a BackendTLSPolicy."""
        return cls(8443, certificate, headers)

    @property
    def ports(self) -> tuple[int, ...]:
        """Return all ports, the one for routes first."""
        return (8080, 8443) if self.port == 8080 and self.certificate is not None else (self.port,)


class KeycloakProbe(Declaration, kw_only=True):
    """The period of a probe, and the failures after which it acts; its path is the operator's."""

    period_seconds: Annotated[int, Meta(ge=1)]
    failures: Annotated[int, Meta(ge=1)]


class KeycloakSpec(Declaration, kw_only=True):
    """Pods and settings of a Keycloak; `image` None is that of the operator's version.

    `options` are those of the server without a field of their own: `{"log-level": "info"}`.
    `start_optimized` is for an image that was built with its settings.
    """

    replicas: Annotated[int, Meta(ge=1)] = 2
    image: Image | None = None
    start_optimized: bool | None = None
    features: Sequence[str] = ()
    disabled_features: Sequence[str] = ()
    options: Mapping[str, str] = {}
    resources: Resources = Resources(cpu=Quantity("500m"), memory=Quantity("1Gi"))
    availability: Availability = Availability()
    startup: KeycloakProbe | None = None
    liveness: KeycloakProbe | None = None
    readiness: KeycloakProbe | None = None
    monitoring: bool = True

    def __post_init__(self) -> None:
        """Reject options that a field sets, and a budget that no pod can be evicted within."""
        super().__post_init__()
        if self.replicas > 1:
            self.availability.check_replicas(self.replicas)
        for name in self.options:
            if not _OPTION.match(name):
                why = f"has {name!r}, which is not the name of an option of the server"
                raise self.refuse("options", why, "write it as in 'log-level'")
            if name in _FIELDS:
                why = f"has {name!r}, which the operator sets from a field of its own"
                raise self.refuse("options", why, f"write {_FIELDS[name]} instead")
        both = sorted({*self.features} & {*self.disabled_features})
        if both:
            raise self.refuse("features", f"has {both[0]!r}, which disabled_features has, too")
