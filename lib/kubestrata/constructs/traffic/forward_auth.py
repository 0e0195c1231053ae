"""Forward authentication: a provider decides on each request before an application gets it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

from kubestrata.constructs.traffic.ingress_path import IngressPath
from kubestrata.constructs.traffic.ingress_settings import IngressSettings, NginxSettings
from kubestrata.constructs.traffic.nginx_option import NginxAuth
from kubestrata.core.argument import require_each
from kubestrata.core.cluster import component_of
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.value.host import Host
from kubestrata.core.value.url import check_url

AuthProxy = Literal["nginx", "traefik"]
"""A proxy that asks a provider, in the dialect of its requests."""
# Variables of nginx: the address that the person requested.
_REQUESTED = "$scheme://$http_host$escaped_request_uri"
_HOST = "proxy_set_header X-Forwarded-Host $http_host;\n"


class ForwardAuth(Frozen, kw_only=True):
    """A service that decides on requests, and the page on which people log in.

    `check` is its URL inside the cluster: a request passes if it answers with 200. Others are sent
    to `sign_in`. `headers` of its answer are added to the request. Requests of `path` are for the
    service itself, such as the end of a login. Raises InvalidValue for a URL without a scheme.
    """

    check: str
    sign_in: str
    headers: Sequence[str] = ()
    path: IngressPath | None = None

    def __post_init__(self) -> None:
        check_url("check of ForwardAuth", self.check)
        check_url("sign_in of ForwardAuth", self.sign_in)
        require_each("headers of ForwardAuth", self.headers, str)

    @property
    def middleware(self) -> JsonObject:
        """Return the `spec` of a Middleware of Traefik; the service itself redirects to the login.

        Traefik sets the headers with the requested address, and does not trust those of clients.
        """
        headers = {"authResponseHeaders": list(self.headers)} if self.headers else {}
        return {"forwardAuth": {"address": self.check, **headers}}

    @property
    def nginx(self) -> NginxAuth:
        """Return the options of ingress-nginx, which has to allow snippets."""
        back = "&" if "?" in self.sign_in else "?"
        return NginxAuth.external(
            self.check,
            sign_in=f"{self.sign_in}{back}rd={_REQUESTED}",
            response_headers=self.headers,
            snippet=_HOST,
        )


class ForwardLogin(Declaration, kw_only=False):
    """The login in front of an application, by the provider of its cluster; `id` is its name there.

    It is for applications without a login of their own.
    """

    id: str

    def __post_init__(self) -> None:
        super().__post_init__()
        check_label("id of a ForwardLogin", self.id)


class ForwardAuthProvider(ABC):
    """A provider of forward authentication; a cluster provides one with `offer`."""

    @abstractmethod
    def protect(
        self, scope: Construct, login: ForwardLogin, host: Host, proxy: AuthProxy
    ) -> ForwardAuth:
        """Create what the login needs in front of `host`, and return it for `proxy`."""


def protection(
    scope: Construct, auth: ForwardAuth | ForwardLogin | None, hosts: Sequence[Host]
) -> ForwardAuth | None:
    """Return the authentication of an Ingress; raises InvalidValue for a login of several hosts."""
    if not isinstance(auth, ForwardLogin):
        return auth
    if len(hosts) != 1:
        what, why = f"login {auth.id!r}", f"is in front of {len(hosts)} hosts: must be one"
        raise InvalidValue(what, why, "write an Ingress for each host")
    provider = component_of(scope).cluster.ask(ForwardAuthProvider)
    return provider.protect(scope, auth, hosts[0], "nginx")


def protected(settings: Sequence[IngressSettings], auth: ForwardAuth) -> Sequence[IngressSettings]:
    """Return the settings with authentication added.

    Raises InvalidValue without settings of ingress-nginx, or with another authentication.
    """
    nginx = [each for each in settings if isinstance(each, NginxSettings)]
    if not nginx:
        why = "is implemented by ingress-nginx, whose settings the controller lacks"
        fix = "pass settings=NginxSettings() to the controller"
        raise InvalidValue("forward authentication", why, fix)
    if any(each.auth is not None for each in nginx):
        fix = "remove auth= of NginxSettings"
        raise InvalidValue("forward authentication", "comes beside another authentication", fix)
    rest = [each for each in settings if not isinstance(each, NginxSettings)]
    return [*rest, *nginx[:-1], nginx[-1].with_auth(auth.nginx)]
