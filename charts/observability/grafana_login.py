"""Login to Grafana with an account of Mastodon."""

from kubestrata import Frozen, Host, JsonObject

OIDC_CREDENTIALS = "grafana-oidc-credentials"


class _ClientVariables(Frozen):
    """The environment variables of Grafana's OIDC client."""

    id: str
    secret: str


CLIENT = _ClientVariables("GF_AUTH_GENERIC_OAUTH_CLIENT_ID", "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET")
_ADMINS = ("mastodon:Owner", "mastodon:Admin")
_EDITORS = ("mastodon:Moderator",)


class GrafanaLogin(Frozen):
    """An issuer, the id of its client, and the key of the client's secret in the store.

    Accounts have no e-mail address of their own: theirs is below `domain`.
    """

    issuer: str
    client: str
    key: str
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
                "auth_url": f"{self.issuer}/auth",
                "token_url": f"{self.issuer}/token",
                "api_url": f"{self.issuer}/userinfo",
                "scopes": "openid profile groups",
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
