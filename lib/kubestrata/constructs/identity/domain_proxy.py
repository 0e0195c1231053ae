"""Forward authentication of a whole domain by the outpost inside Authentik's server."""

from __future__ import annotations

from kubestrata.constructs.config.config_files import ConfigFiles
from kubestrata.constructs.config.config_reference import ConfigReference
from kubestrata.constructs.config.file_content import FileContent
from kubestrata.constructs.identity.authentik_blueprint import proxy_blueprint
from kubestrata.constructs.identity.outpost import OUTPOST_HEADERS, OUTPOST_PATH
from kubestrata.constructs.traffic.forward_auth import AuthProxy, ForwardAuth
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.value.host import Host


class DomainProxy(Frozen, kw_only=True):
    """One login before every application of `domain`; Authentik is at `host`.

    The server's own outpost decides, so nothing else runs, and a new application is protected
    without a change of Authentik. The session is a cookie of `domain`. Raises InvalidValue for a
    host outside of it.
    """

    host: Host
    domain: Host
    id: str = "domain-proxy"

    def __post_init__(self) -> None:
        if not self.host.endswith(f".{self.domain}"):
            why = f"is not in the domain {self.domain}, whose cookie it sets"
            raise InvalidValue(f"host {self.host!r} of DomainProxy", why)

    def write(self, scope: Construct, id: str) -> ConfigReference:
        """Create the ConfigMap `id` with the blueprint; return it for the worker."""
        text = proxy_blueprint(self.id, host=self.host, domain=self.domain)
        content = [FileContent.text(f"{self.id}.yaml", text)]
        return ConfigFiles(scope, id, content=content, naming="stable").reference

    def before(self, server: str, proxy: AuthProxy) -> ForwardAuth:
        """Return the authentication by Authentik at the URL `server` inside the cluster."""
        return ForwardAuth(
            check=f"{server}{OUTPOST_PATH}/auth/{proxy}",
            sign_in=f"https://{self.host}{OUTPOST_PATH}/start",
            headers=OUTPOST_HEADERS,
        )
