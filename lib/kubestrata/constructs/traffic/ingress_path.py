"""Hosts and paths of Ingresses, with the Services behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from kubeapis import k8s
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import ServiceReference
from kubestrata.core.value.host import Host

_PLAIN = re.compile(r"(?!.*//)/[-A-Za-z0-9_.~%!$&'()*+,;=:@/]*\Z")


class IngressPath(Frozen):
    """Requests by path, and the Service that gets them; use one of the factories below."""

    type: Literal["Exact", "ImplementationSpecific", "Prefix"]
    path: str
    to: ServiceReference

    def __post_init__(self) -> None:
        what = f"`to` of path {self.path!r}"
        require(what, self.to, ServiceReference, fix="pass service.port(80)")
        if not self.path.startswith("/"):
            fix = f"write '/{self.path}'"
            raise InvalidValue(f"path {self.path!r}", "is not valid: must begin with '/'", fix)
        if self.type != "ImplementationSpecific" and not _PLAIN.match(self.path):
            why = "is not valid: has '//' or a character that a path cannot have"
            fix = "use IngressPath.regular_expression for an expression"
            raise InvalidValue(f"path {self.path!r}", why, fix)

    @classmethod
    def prefix(cls, path: str, to: ServiceReference) -> IngressPath:
        """Return a match by leading segments: `/api` matches `/api/v1`, not `/apis`."""
        return cls("Prefix", path, to)

    @classmethod
    def exact(cls, path: str, to: ServiceReference) -> IngressPath:
        """Return a match of this path only."""
        return cls("Exact", path, to)

    @classmethod
    def regular_expression(cls, path: str, to: ServiceReference) -> IngressPath:
        """Return a match in the syntax of the controller."""
        return cls("ImplementationSpecific", path, to)

    @property
    def field(self) -> k8s.HTTPIngressPath:
        """Return the entry of `paths`; naming the Service makes an edge to its component."""
        port = k8s.ServiceBackendPort(number=self.to.port)
        service = k8s.IngressServiceBackend(name=self.to.name, port=port)
        backend = k8s.IngressBackend(service=service)
        return k8s.HTTPIngressPath(path=self.path, path_type=self.type, backend=backend)


class IngressRule(Frozen):
    """Paths of some hosts, which share them."""

    hosts: tuple[Host, ...]
    paths: tuple[IngressPath, ...]

    def __post_init__(self) -> None:
        if not self.hosts or not self.paths:
            what = f"IngressRule of {', '.join(map(str, self.hosts)) or 'nothing'}"
            why = "has no path" if self.hosts else "has no host"
            raise InvalidValue(what, why, "write IngressRule.of(host, IngressPath.prefix(...))")
        for host in self.hosts:
            require(f"host {host!r} of an IngressRule", host, Host, fix="write Host('...')")
        known = [(each.type, each.path) for each in self.paths]
        twice = sorted({path for type_, path in known if known.count((type_, path)) > 1})
        if twice:
            what = f"IngressRule of {str.__str__(self.hosts[0])}"
            raise InvalidValue(what, f"has path {twice[0]!r} twice", "remove one")

    @classmethod
    def of(cls, *hosts: Host, paths: Sequence[IngressPath]) -> IngressRule:
        """Return the paths of these hosts."""
        return cls(hosts, tuple(paths))

    @classmethod
    def all_of(cls, *hosts: Host, to: ServiceReference) -> IngressRule:
        """Return every request for these hosts, for one Service."""
        return cls(hosts, (IngressPath.prefix("/", to),))

    @property
    def fields(self) -> list[k8s.IngressRule]:
        """Return the entries of `rules`, one for each host."""
        http = k8s.HTTPIngressRuleValue(paths=[each.field for each in self.paths])
        return [k8s.IngressRule(host=host, http=http) for host in self.hosts]
