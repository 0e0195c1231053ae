"""Forward authentication by outposts of Authentik that Terraform modules create."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.constructs.identity.application_modules import (
    ApplicationModules,
    check_differs,
    for_application,
)
from kubestrata.constructs.identity.outpost import OUTPOST_HEADERS, OUTPOST_PATH
from kubestrata.constructs.traffic.forward_auth import (
    AuthProxy,
    ForwardAuth,
    ForwardAuthProvider,
    ForwardLogin,
)
from kubestrata.constructs.traffic.ingress_path import IngressPath
from kubestrata.constructs.traffic.service import ExternalNameService
from kubestrata.constructs.traffic.service_port import ServicePort
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.host import Host

_PORT = 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformOutposts(ForwardAuthProvider):
    """Authentik with one outpost for each application, which a Terraform module creates.

    The outposts run in `namespace`, behind Services named `service`, in which `{id}` is the id of
    an application. An application gets the alias `alias` of its outpost beside it, because an
    Ingress reaches Services of its own namespace only. Raises InvalidValue for a Service without
    `{id}`.
    """

    modules: ApplicationModules
    namespace: Reference
    service: str = "ak-outpost-{id}-outpost"
    alias: str = "authentik-outpost-proxy"

    def __post_init__(self) -> None:
        check_differs("service of TerraformOutposts", self.service)

    def protect(
        self, scope: Construct, login: ForwardLogin, host: Host, proxy: AuthProxy
    ) -> ForwardAuth:
        """Create a component with the Terraform object, and the alias of the outpost's Service."""
        user = component_of(scope)
        applied = self.modules.apply(user.cluster, login.id, f"https://{host}")
        user.needs(applied.ready)
        name = for_application(self.service, login.id)
        made = Reference(
            component_of(applied),
            "",
            "Service",
            name,
            self.namespace.object_name,
            applied.resource,
        )
        outpost = ServiceReference(made, _PORT)
        alias = ExternalNameService(scope, self.alias, host=outpost, ports=[ServicePort(_PORT)])
        return ForwardAuth(
            check=outpost.url(f"{OUTPOST_PATH}/auth/{proxy}"),
            sign_in=f"https://{host}{OUTPOST_PATH}/start",
            headers=OUTPOST_HEADERS,
            path=IngressPath.prefix(OUTPOST_PATH, alias.port(_PORT)),
        )
