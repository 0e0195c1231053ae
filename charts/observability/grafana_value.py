"""Values of the stack's Grafana: login, plugins and network access."""

from charts.resource_request import resources
from kubestrata import Construct, Host, JsonObject
from kubestrata.constructs import (
    ConfigFiles,
    ConfigReference,
    FileContent,
    Flow,
    SecretReference,
)
from kubestrata.constructs.identity import ClientSecret, OidcApplication, SingleSignOn

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


def grafana_application(host: Host) -> OidcApplication:
    """Return Grafana as an application that logs people in; `host` is where it is reached."""
    return OidcApplication(
        id="grafana",
        name="Grafana",
        redirects=[f"https://{host}/login/generic_oauth"],
        scopes=["profile", "email"],
    )


def environment(scope: Construct, host: Host) -> SecretReference:
    """Create the Secret of the administrator and of single sign-on, as environment variables."""
    secret = ClientSecret(
        name="victoria-metrics-k8s-stack-grafana-envvars",
        id_key="GF_AUTH_GENERIC_OAUTH_CLIENT_ID",
        secret_key="GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET",  # noqa: S106  # an environment variable
    )
    return SingleSignOn(scope, grafana_application(host), secret=secret).login.secret


def values(host: Host, environment: SecretReference, plugin: ConfigReference) -> JsonObject:
    """Return the values of Grafana's chart, a subchart of the stack.

    `plugin` has the settings of OnCall's plugin.
    """
    return {
        "admin": {
            "existingSecret": environment.name,
            "userKey": environment.key(ADMIN_USER).key,
            "passwordKey": environment.key(ADMIN_PASSWORD).key,
        },
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
                "auth_url": f"https://{_SSO}/oauth/v2/authorize",
                "token_url": f"https://{_SSO}/oauth/v2/token",
                "api_url": f"https://{_SSO}/oidc/v1/userinfo",
                "login_attribute_path": "preferred_username",
                "role_attribute_path": _ROLE,
            },
        },
    }
