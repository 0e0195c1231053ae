"""Ingress controllers, and those that a cluster provides."""

from __future__ import annotations

from typing import get_args

from kubestrata.constructs.network.peer import Peer
from kubestrata.constructs.traffic.gateway_reference import Visibility
from kubestrata.constructs.traffic.ingress_settings import IngressSettings
from kubestrata.constructs.traffic.ingress_tls import IngressTls
from kubestrata.core.errors import InvalidReference, InvalidValue, MissingOffer
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_subdomain
from kubestrata.core.reference import Reference
from kubestrata.core.value.host import Host


class IngressController(Frozen):
    """An ingress class, the domain of its hosts, and the pods that forward requests.

    `ingress_class` is the IngressClass, which Ingresses wait for, or its name if nothing here
    creates it. `proxies` is the source of its traffic, for network policies. `tls` and `settings`
    are defaults of its Ingresses.
    """

    ingress_class: Reference | str
    domain: Host
    proxies: Peer
    tls: IngressTls | None = None
    settings: IngressSettings | None = None

    def __post_init__(self) -> None:
        found = self.ingress_class
        if isinstance(found, str):
            check_subdomain("ingress class", found)
        elif (found.group, found.kind) != ("networking.k8s.io", "IngressClass"):
            fix = "pass release.makes('networking.k8s.io', 'IngressClass', name, namespaced=False)"
            raise InvalidReference(str(found), "is not an IngressClass", fix)

    @property
    def class_name(self) -> str:
        """Return the name of the class; of a reference, using it makes an edge."""
        found = self.ingress_class
        return found if isinstance(found, str) else found.name


class Ingresses(Frozen):
    """The controllers that a cluster provides for public and for private Ingresses."""

    public: IngressController | None = None
    private: IngressController | None = None

    def find(self, visibility: Visibility) -> IngressController | None:
        """Return the controller of a visibility, None if there is none."""
        if visibility not in get_args(Visibility):
            why = f"is not a valid visibility: must be one of {', '.join(get_args(Visibility))}"
            raise InvalidValue(f"visibility {visibility!r}", why)
        return self.public if visibility == "public" else self.private

    def with_visibility(self, visibility: Visibility) -> IngressController:
        """Return the controller of a visibility; raises MissingOffer if the cluster has none."""
        found = self.find(visibility)
        if found is None:
            fix = f"provide Ingresses({visibility}=...) to the cluster"
            raise MissingOffer(f"{visibility} ingress controller", "the cluster has none", fix)
        return found
