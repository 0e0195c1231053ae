"""Login to Grafana with an account of Mastodon."""

from charts.observability.grafana_login import dex_endpoints, grafana_application
from kubestrata import Frozen, Host, JsonObject
from kubestrata.constructs.identity import OidcApplication, OidcLogin

_ADMINS = ("mastodon:Owner", "mastodon:Admin")
_EDITORS = ("mastodon:Moderator",)


def grafana_of_mastodon(host: Host) -> OidcApplication:
    """Return Grafana as an application of Dex, which has the roles of Mastodon as groups."""
    return grafana_application(host, scopes=["profile", "groups"], pkce=None)


class MastodonLogin(Frozen):
    """The login of Grafana at Dex, with the roles of Mastodon.

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
                **dex_endpoints(self.login),
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
