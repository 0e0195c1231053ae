"""Ingresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from msgspec.structs import replace

from kubeapis import k8s
from kubestrata.constructs.network.connection import Endpoint, ServiceEndpoint
from kubestrata.constructs.traffic.attachment import check_namespace, connect_proxies
from kubestrata.constructs.traffic.dns_record import DnsRecord
from kubestrata.constructs.traffic.forward_auth import (
    ForwardAuth,
    ForwardLogin,
    protected,
    protection,
)
from kubestrata.constructs.traffic.gateway_reference import RouteReference, Visibility
from kubestrata.constructs.traffic.ingress_controller import IngressController, Ingresses
from kubestrata.constructs.traffic.ingress_path import IngressPath, IngressRule
from kubestrata.constructs.traffic.ingress_settings import IngressSettings, combined
from kubestrata.constructs.traffic.ingress_tls import IngressTls
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.host import Host


class Ingress(Construct):
    """One Ingress of a controller, which sends requests to Services by host and path.

    For a `ServiceEndpoint` in a cluster with a Network, also the policy that admits the controller.
    `tls` and `settings` are by default those of the controller; given settings are added to them.
    `auth` is who decides on requests before the Services get them; paths of the provider itself are
    a second Ingress `<id>-login`. Raises InvalidValue for a host outside of the controller's
    domain, or without any TLS.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        controller: IngressController,
        rules: Sequence[IngressRule],
        tls: IngressTls | None = None,
        settings: IngressSettings | None = None,
        dns: DnsRecord | None = None,
        auth: ForwardAuth | ForwardLogin | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-ingress")
        fix = "pass a controller of the cluster's Ingresses"
        require(f"controller of Ingress {id!r}", controller, IngressController, fix=fix)
        paths = [path for rule in rules for path in rule.paths]
        self.hosts = _hosts(id, controller, rules)
        for each in paths:
            check_namespace(self, each.to)
        self._tls = secured = _secured(id, tls or controller.tls)
        applied = combined(controller.settings, settings)
        login = protection(self, auth, self.hosts)
        if login is not None:
            applied = protected(applied, login)
        notes = {**secured.annotations, **_annotations(applied, paths)}
        notes |= dns.annotations if dns is not None else {}
        self.resource = k8s.Ingress(
            self,
            id,
            metadata=k8s.ObjectMeta(
                labels=dns.labels if dns is not None else None, annotations=notes or None
            ),
            spec=k8s.IngressSpec(
                ingress_class_name=controller.class_name,
                rules=[field for rule in rules for field in rule.fields],
                tls=secured.fields(id, self.hosts),
            ),
        )
        if login is not None and login.path is not None:
            self._admit(id, controller, login.path)
        self._check_secrets(secured, applied)
        _connect(self, id, controller, paths)

    def _admit(self, id: str, controller: IngressController, path: IngressPath) -> None:
        """Create the Ingress of the provider's own path, which needs no login."""
        found = [controller.settings] if controller.settings is not None else []
        rule = IngressRule.of(*self.hosts, paths=[path])
        k8s.Ingress(
            self,
            f"{id}-login",
            metadata=k8s.ObjectMeta(annotations=_annotations(found, [path]) or None),
            spec=k8s.IngressSpec(
                ingress_class_name=controller.class_name,
                rules=rule.fields,
                # The certificate is that of the other Ingress.
                tls=self._tls.fields(id, self.hosts),
            ),
        )

    @classmethod
    def at(
        cls,
        scope: Construct,
        id: str,
        *,
        label: str,
        to: ServiceReference,
        visibility: Visibility = "private",
        settings: IngressSettings | None = None,
        auth: ForwardAuth | ForwardLogin | None = None,
    ) -> Self:
        """Create an Ingress for `label` in the domain of the cluster's controller of a visibility.

        Raises MissingOffer where the cluster has no such controller.
        """
        controller = component_of(scope).cluster.ask(Ingresses).with_visibility(visibility)
        rule = IngressRule.all_of(controller.domain.sub(label), to=to)
        return cls(scope, id, controller=controller, rules=[rule], settings=settings, auth=auth)

    @property
    def reference(self) -> RouteReference:
        """Return the Ingress and its first host."""
        scheme: Literal["http", "https"] = "http" if self._tls.source == "none" else "https"
        return RouteReference(self.resource.ref, self.hosts[0], scheme)

    @property
    def url(self) -> str:
        """Return the URL of the first host."""
        return self.reference.url

    def _check_secrets(self, tls: IngressTls, settings: Sequence[IngressSettings]) -> None:
        found = [tls.from_secret] if tls.from_secret is not None else []
        found += [secret for each in settings for secret in each.secrets]
        for secret in found:
            secret.require_namespace(self.resource.identity.namespace)


def _annotations(
    settings: Sequence[IngressSettings], paths: Sequence[IngressPath]
) -> dict[str, str]:
    return {key: value for each in settings for key, value in each.annotations(paths).items()}


def _secured(id: str, tls: IngressTls | None) -> IngressTls:
    if tls is None:
        fix = "pass tls=IngressTls.issued(issuer), .secret(...), .of_controller() or .none()"
        raise InvalidValue(f"Ingress {id!r}", "has no TLS, nor has its controller", fix)
    return tls


def _hosts(id: str, controller: IngressController, rules: Sequence[IngressRule]) -> list[Host]:
    if not rules:
        fix = "pass rules=[IngressRule.all_of(host, to=...)]"
        raise InvalidValue(f"Ingress {id!r}", "has no rule", fix)
    hosts = [host for rule in rules for host in rule.hosts]
    domain = str.__str__(controller.domain)
    for host in hosts:
        if host != domain and not host.endswith(f".{domain}"):
            why = f"is neither {domain!r} nor below it, the domain of its controller"
            raise InvalidValue(f"host {host!r}", why, "use a host of the domain")
        if hosts.count(host) > 1:
            raise InvalidValue(f"Ingress {id!r}", f"has host {str.__str__(host)!r} twice")
    return hosts


def _connect(
    scope: Construct, id: str, controller: IngressController, paths: Sequence[IngressPath]
) -> None:
    """Allow traffic from the controller to the pods behind the paths, where these are known."""
    found: dict[tuple[str, str], Endpoint] = {}
    for each in paths:
        if isinstance(each.to, ServiceEndpoint):
            one = each.to.endpoint
            key = (one.pods.namespace, one.pods.name)
            ports = (*(found[key].ports if key in found else ()), *one.ports)
            found[key] = replace(one, ports=tuple(dict.fromkeys(ports)))
    created = controller.ingress_class
    beside: Reference | None = created if isinstance(created, Reference) else None
    for index, endpoint in enumerate(found.values()):
        name = f"{id}-{endpoint.pods.name}" if index else id
        connect_proxies(scope, name, controller.proxies, endpoint, beside=beside, kind="ingress")
