"""Settings of Ingresses, which are annotations for their controller."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any, Literal, get_args

from msgspec import field
from msgspec.structs import asdict, replace

from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.traffic.ingress_path import IngressPath
from kubestrata.constructs.traffic.nginx_option import (
    NginxAuth,
    NginxBuffers,
    NginxCanary,
    NginxTimeouts,
    check_size,
)
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

_PREFIX = "nginx.ingress.kubernetes.io"
_GROUP = re.compile(r"\$[1-9]")
NginxProtocol = Literal["AUTO_HTTP", "FCGI", "GRPC", "GRPCS", "HTTP", "HTTPS"]
HttpsRedirection = Literal["always", "never", "with-certificate"]


class ControllerAnnotations(Frozen):
    """Annotations for a controller without options here, by their full names."""

    values: Mapping[str, str]

    def annotations(self, paths: Sequence[IngressPath]) -> Mapping[str, str]:
        """Return the annotations of an Ingress with `paths`."""
        _ = paths
        return self.values

    @property
    def secrets(self) -> Sequence[SecretReference]:
        """Return the Secrets that the controller reads."""
        return ()


class NginxSettings(Frozen, kw_only=True):
    """Options of ingress-nginx; None is the controller's own default.

    `body_size` limits requests: `50m`, `0` for no limit. `rewrite` is the new path, with the groups
    of a regular expression: `/$2`. `https` redirects from HTTP: `with-certificate` if the Ingress
    has one, `always` if TLS ends before the controller. `allowed_sources` are CIDR blocks of
    clients. `further` are other options by their names without the prefix.
    """

    body_size: str | None = None
    timeouts: NginxTimeouts | None = None
    buffers: NginxBuffers | None = None
    auth: NginxAuth | None = None
    canary: NginxCanary | None = None
    rewrite: str | None = None
    https: HttpsRedirection | None = None
    backend_protocol: NginxProtocol | None = None
    allowed_sources: Sequence[str] = ()
    further: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        if self.body_size is not None:
            check_size("body_size", self.body_size)
        _check_choice("https", self.https, get_args(HttpsRedirection))
        _check_choice("backend_protocol", self.backend_protocol, get_args(NginxProtocol))
        for block in self.allowed_sources:
            try:
                ip_network(block)
            except ValueError as error:
                raise InvalidValue(f"allowed source {block!r}", str(error)) from error
        typed = self._typed()
        for key in self.further:
            name = key.removeprefix(f"{_PREFIX}/")
            if name != key:
                raise InvalidValue(f"option {key!r}", "has the prefix twice", f"write {name!r}")
            if key in typed:
                raise InvalidValue(f"option {key!r}", "has an argument of its own already")

    def annotations(self, paths: Sequence[IngressPath]) -> Mapping[str, str]:
        """Return the annotations of an Ingress with `paths`.

        Raises InvalidValue for a rewrite with groups if no path is a regular expression.
        """
        regular = any(each.type == "ImplementationSpecific" for each in paths)
        if paths and self.rewrite is not None and _GROUP.search(self.rewrite) and not regular:
            why = "uses a group, and no path is a regular expression"
            fix = "write IngressPath.regular_expression('/api(/|$)(.*)', ...)"
            raise InvalidValue(f"rewrite {self.rewrite!r}", why, fix)
        found = {**self._typed(), **self.further}
        if regular:
            found.setdefault("use-regex", "true")
        return {f"{_PREFIX}/{key}": value for key, value in found.items()}

    def with_auth(self, auth: NginxAuth) -> NginxSettings:
        """Return the settings with this authentication."""
        return replace(self, auth=auth)

    @property
    def secrets(self) -> Sequence[SecretReference]:
        """Return the Secrets that the controller reads."""
        return (self.auth.file,) if self.auth is not None and self.auth.file is not None else ()

    def _typed(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.body_size is not None:
            found["proxy-body-size"] = self.body_size
        for group in (self.timeouts, self.buffers, self.auth, self.canary):
            found |= group.annotations if group is not None else {}
        if self.rewrite is not None:
            found["rewrite-target"] = self.rewrite
        if self.https == "always":
            found["force-ssl-redirect"] = "true"
        elif self.https is not None:
            found["ssl-redirect"] = "true" if self.https == "with-certificate" else "false"
        if self.backend_protocol is not None:
            found["backend-protocol"] = self.backend_protocol
        if self.allowed_sources:
            found["whitelist-source-range"] = ",".join(self.allowed_sources)
        return found


IngressSettings = ControllerAnnotations | NginxSettings


def combined(
    default: IngressSettings | None, own: IngressSettings | None
) -> Sequence[IngressSettings]:
    """Return the settings of an Ingress in the order in which they apply.

    Options of ingress-nginx replace the controller's one by one.
    """
    if not isinstance(default, NginxSettings) or not isinstance(own, NginxSettings):
        return [each for each in (default, own) if each is not None]
    given: dict[str, Any] = asdict(own)
    given = {key: value for key, value in given.items() if value}
    return [replace(default, **given | {"further": {**default.further, **own.further}})]


def _check_choice(what: str, value: str | None, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        raise InvalidValue(f"{what} {value!r}", f"must be one of {', '.join(known)}")
