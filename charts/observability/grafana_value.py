"""Values of the stack's Grafana: login, plugins and network access."""

from charts.observability.grafana_login import (
    administrator,
    client_variables,
    grafana_application,
    zitadel_endpoints,
)
from charts.resource_request import resources
from kubestrata import Construct, Host, JsonObject
from kubestrata.constructs import (
    ConfigFiles,
    ConfigReference,
    FileContent,
    Flow,
    SecretReference,
)
from kubestrata.constructs.identity import SingleSignOn

ADMIN_USER = "GF_SECURITY_ADMIN_USER"
ADMIN_PASSWORD = "GF_SECURITY_ADMIN_PASSWORD"  # noqa: S105  # an environment variable
_PLUGIN = "grafana-oncall-app-provisioning.yaml"
# The claim is a list, added by an Action of the issuer.
_EDITORS = " || ".join(f"contains(roles[*], '{role}')" for role in ("backend", "frontend", "data"))
_ROLE = f"contains(roles[*], 'admin') && 'Admin' || ({_EDITORS}) && 'Editor' || 'Viewer'"
_SSO = "auth.cloud.ogenki.io"

FLOWS = (
    # The first host lists plugins, the second serves the downloads.
    Flow.to_hosts("grafana.com", "storage.googleapis.com"),
    Flow.to_hosts(_SSO),
)


def oncall_plugin(scope: Construct, *, api: str) -> ConfigReference:
    """Create the settings of OnCall's plugin; `api` is the URL of its engine.

    The ids are those of an installation outside of Grafana Cloud (source: OnCall's own chart).
    """
    settings: JsonObject = {
        "apps": [
            {
                "type": "grafana-oncall-app",
                "name": "grafana-oncall-app",
                "disabled": False,
                "jsonData": {"stackId": 5, "orgId": 100, "onCallApiUrl": api},
            }
        ]
    }
    content = FileContent.json(_PLUGIN, settings, indent=2)
    name = "grafana-oncall-plugin"
    return ConfigFiles(scope, name, content=[content], naming="stable").reference


def environment(scope: Construct, host: Host) -> SecretReference:
    """Create the Secret of the administrator and of single sign-on, as environment variables."""
    secret = client_variables("victoria-metrics-k8s-stack-grafana-envvars")
    return SingleSignOn(scope, grafana_application(host), secret=secret).login.secret


def values(host: Host, environment: SecretReference, plugin: ConfigReference) -> JsonObject:
    """Return the values of Grafana's chart, a subchart of the stack.

    `plugin` has the settings of OnCall's plugin.
    """
    return {
        "admin": administrator(environment, ADMIN_USER, ADMIN_PASSWORD),
        "envFromSecret": environment.name,
        "extraConfigmapMounts": [
            {
                "name": "oncall-plugin",
                "configMap": plugin.name,
                "mountPath": f"/etc/grafana/provisioning/plugins/{_PLUGIN}",
                "subPath": plugin.key(_PLUGIN).key,
                "readOnly": True,
            }
        ],
        "plugins": ["grafana-oncall-app", "victoriametrics-logs-datasource"],
        "resources": resources("50m", "128Mi", "512Mi"),
        "grafana.ini": {
            "server": {"root_url": f"https://{host}"},
            "auth.generic_oauth": {
                "enabled": True,
                "name": "Zitadel",
                "allow_sign_up": True,
                "use_pkce": True,
                "scopes": "openid profile email",
                **zitadel_endpoints(f"https://{_SSO}"),
                "login_attribute_path": "preferred_username",
                "role_attribute_path": _ROLE,
            },
        },
    }
