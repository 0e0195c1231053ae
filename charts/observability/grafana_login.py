"""Login to Grafana with an account of Mastodon."""

from kubestrata import Frozen, Host, JsonObject
from kubestrata.constructs.identity import ClientSecret, OidcApplication, OidcLogin

CLIENT = ClientSecret(
    name="grafana-oidc-credentials",
    id_key="GF_AUTH_GENERIC_OAUTH_CLIENT_ID",
    secret_key="GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET",  # noqa: S106  # an environment variable
)
"""The environment variables of Grafana's OIDC client."""
_ADMINS = ("mastodon:Owner", "mastodon:Admin")
_EDITORS = ("mastodon:Moderator",)


def grafana(host: Host) -> OidcApplication:
    """Return Grafana as an application that logs people in."""
    return OidcApplication(
        id="grafana",
        name="Grafana",
        redirects=[f"https://{host}/login/generic_oauth"],
        scopes=["profile", "groups"],
        pkce=None,
    )


class GrafanaLogin(Frozen):
    """The login of Grafana.

    Accounts have no e-mail address of their own: theirs is below `domain`.
    """

    login: OidcLogin
    domain: Host

    def settings(self, host: Host) -> JsonObject:
        """Return `grafana.ini` of the Grafana at `host`."""
        return {
            "server": {"root_url": f"https://{host}", "enable_gzip": True},
            "log": {"level": "info"},
            "auth": {"disable_login_form": True, "oauth_allow_insecure_email_lookup": True},
            "auth.generic_oauth": {
                "enabled": True,
                "name": "Mastodon via Dex",
                "allow_sign_up": True,
                "auto_login": False,
                "use_pkce": False,
                "use_refresh_token": False,
                "auth_url": f"{self.login.issuer}/auth",
                "token_url": f"{self.login.issuer}/token",
                "api_url": f"{self.login.issuer}/userinfo",
                "scopes": " ".join(self.login.application.all_scopes),
                "login_attribute_path": "preferred_username",
                "name_attribute_path": "name || preferred_username",
                "email_attribute_path": f"join('@', [preferred_username, '{self.domain}'])",
                "role_attribute_path": _role(),
                "role_attribute_strict": True,
            },
        }


def _role() -> str:
    """Return the role of the groups, nothing for an account without one of them."""
    roles = {**dict.fromkeys(_ADMINS, "Admin"), **dict.fromkeys(_EDITORS, "Editor")}
    return " || ".join(
        f"contains(groups[*], '{group}') && '{role}'" for group, role in roles.items()
    )
