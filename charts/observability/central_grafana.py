"""Grafana of the central store: its values and its login."""

from charts.observability.grafana_login import (
    administrator,
    client_secret_variable,
    keycloak_endpoints,
)
from charts.resource_request import bounded
from kubestrata import Frozen, Host, JsonObject, Quantity, Reference
from kubestrata.constructs import Flow, SecretReference
from kubestrata.constructs.identity import OidcLogin

PORT = 3000
USER, PASSWORD = "admin-user", "admin-password"
_FOLDER = "grafana_folder"
# Downloaded dashboards name their source by this variable; Grafana reads `$$` as a dollar.
_INPUT = "$${DS_PROMETHEUS}"


def _oauth(login: OidcLogin) -> JsonObject:
    """Return the section of `grafana.ini` for a realm of Keycloak."""
    return {
        "enabled": True,
        "name": "Keycloak",
        "client_id": login.client_id,
        "allow_sign_up": True,
        "use_pkce": True,
        "scopes": " ".join(login.application.all_scopes),
        **keycloak_endpoints(login),
        "login_attribute_path": "preferred_username",
    }


class CentralGrafana(Frozen):
    """Grafana at `host`, with one volume.

    It is one pod: without a database of their own, several would not share their sessions.
    `sign_on` is the flow to the provider that logs people in.
    """

    host: Host
    admin: SecretReference
    login: OidcLogin
    storage: Reference
    size: Quantity
    sign_on: Flow

    @property
    def values(self) -> JsonObject:
        """Return the values of Grafana's chart, a subchart of the stack."""
        return {
            "replicas": 1,
            "deploymentStrategy": {"type": "Recreate"},
            "admin": administrator(self.admin, USER, PASSWORD),
            "envValueFrom": client_secret_variable(self.login),
            "persistence": {
                "enabled": True,
                "size": self.size,
                "storageClassName": self.storage.name,
            },
            # The volume belongs to the group of the pod.
            "initChownData": {"enabled": False},
            "resources": bounded("100m", "256Mi", "1", "1Gi"),
            "sidecar": {
                "dashboards": {
                    "enabled": True,
                    "label": "grafana_dashboard",
                    "labelValue": "1",
                    "folderAnnotation": _FOLDER,
                    "provider": {"foldersFromFilesStructure": True},
                }
            },
            "grafana.ini": {
                "server": {"root_url": f"https://{self.host}"},
                "auth.generic_oauth": _oauth(self.login),
            },
        }


def sources(query: str) -> JsonObject:
    """Return values of the stack's chart: the sources that it adds, and one for downloads.

    `query` is the URL of the store: the base of Prometheus' API.
    """
    return {
        "extra": [
            {
                "name": _INPUT,
                "type": "prometheus",
                "access": "proxy",
                "isDefault": False,
                "url": query,
            }
        ]
    }
