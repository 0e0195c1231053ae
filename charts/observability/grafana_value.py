"""Values of the stack's Grafana: login and network access."""

from kubestrata import Construct, Host, JsonObject
from kubestrata.constructs import (
    ExternalSecret,
    Flow,
    RemoteKey,
    SecretReference,
    SecretSource,
)

_SSO = "auth.cloud.ogenki.io"
_CLIENT_ID = "GF_AUTH_GENERIC_OAUTH_CLIENT_ID"
_CLIENT_SECRET = "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET"  # noqa: S105  # an environment variable

FLOWS = (
    # The first host lists plugins, the second serves the downloads.
    Flow.to_hosts("grafana.com", "storage.googleapis.com"),
    Flow.to_hosts(_SSO),
)


def admin(scope: Construct) -> SecretReference:
    """Create Grafana's admin credentials, used only by the operator."""
    path = "observability/grafana/admin"
    keys = {
        "admin-user": RemoteKey(path, "username"),
        "admin-password": RemoteKey(path, "password"),
    }
    return ExternalSecret(scope, "grafana-admin", source=SecretSource.keys(keys)).secret


def login(scope: Construct) -> SecretReference:
    """Create the Secret of Grafana's single sign-on, as environment variables."""
    path = "observability/grafana/oidc"
    keys = {
        _CLIENT_ID: RemoteKey(path, "client_id"),
        _CLIENT_SECRET: RemoteKey(path, "client_secret"),
    }
    return ExternalSecret(scope, "grafana-oidc", source=SecretSource.keys(keys)).secret


def values(host: Host, admin: SecretReference, login: SecretReference) -> JsonObject:
    """Return the values of Grafana's chart, a subchart of the stack."""
    return {
        "admin": {
            "existingSecret": admin.name,
            "userKey": admin.key("admin-user").key,
            "passwordKey": admin.key("admin-password").key,
        },
        "envFromSecret": login.name,
        "plugins": ["grafana-oncall-app", "victoriametrics-logs-datasource"],
        "resources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"memory": "512Mi"},
        },
        "grafana.ini": {
            "server": {"root_url": f"https://{host}"},
            "auth": {"disable_login_form": True},
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
            },
        },
    }
