"""Blueprints of Authentik: files from which its worker creates providers and applications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kubestrata.constructs.identity.oidc_client import OidcApplication
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.value.host import Host

if TYPE_CHECKING:
    import yaml

_AUTHORIZATION = "default-provider-authorization-implicit-consent"
_INVALIDATION = "default-provider-invalidation-flow"
_SIGNING_KEY = "authentik Self-signed Certificate"
# Scopes that Authentik itself maps (source: its managed property mappings).
_MAPPED = ("openid", "email", "profile", "offline_access")


class _Find(Frozen):
    """The tag `!Find`: an object of Authentik by one of its fields."""

    model: str
    field: str
    value: str


class _Scalar(Frozen):
    """A tag with one value, such as `!Env NAME`."""

    tag: str
    value: str


def oidc_blueprint(application: OidcApplication, *, secret_variable: str | None) -> str:
    """Return the file that makes an OIDC provider and its application.

    The client's secret is the value of `secret_variable` in the worker's environment, None for a
    public client. Tokens are signed by the key that Authentik creates itself. Raises InvalidValue
    for a scope that Authentik does not map.
    """
    unknown = [each for each in application.scopes if each not in _MAPPED]
    if unknown:
        what = f"scope {unknown[0]!r} of OIDC client {application.id!r}"
        why = f"is not mapped by Authentik itself: must be one of {', '.join(_MAPPED)}"
        raise InvalidValue(what, why, "groups are in the scope 'profile'")
    title = application.name or application.id
    secret = {} if secret_variable is None else {"client_secret": _Scalar("!Env", secret_variable)}
    provider = {
        "model": "authentik_providers_oauth2.oauth2provider",
        "id": "provider",
        "identifiers": {"name": title},
        "attrs": {
            **_flows(),
            "client_type": "public" if secret_variable is None else "confidential",
            "client_id": application.id,
            **secret,
            "redirect_uris": [
                {"matching_mode": "strict", "url": each} for each in application.redirects
            ],
            "signing_key": _Find("authentik_crypto.certificatekeypair", "name", _SIGNING_KEY),
            "property_mappings": [
                _Find(
                    "authentik_providers_oauth2.scopemapping",
                    "managed",
                    f"goauthentik.io/providers/oauth2/scope-{each}",
                )
                for each in application.all_scopes
            ],
        },
    }
    return _text(application.id, [provider, _application(application.id, title)])


def proxy_blueprint(id: str, *, host: Host, domain: Host) -> str:
    """Return the file that puts the outpost inside the server before every host of `domain`."""
    provider = {
        "model": "authentik_providers_proxy.proxyprovider",
        "id": "provider",
        "identifiers": {"name": id},
        "attrs": {
            **_flows(),
            "mode": "forward_domain",
            "external_host": f"https://{host}",
            "cookie_domain": str(domain),
        },
    }
    outpost = {
        "model": "authentik_outposts.outpost",
        "identifiers": {"managed": "goauthentik.io/outposts/embedded"},
        "attrs": {
            "providers": [_Scalar("!KeyOf", "provider")],
            "config": {"authentik_host": f"https://{host}"},
        },
    }
    return _text(id, [provider, _application(id, id), outpost])


def _flows() -> dict[str, object]:
    return {
        "authorization_flow": _Find("authentik_flows.flow", "slug", _AUTHORIZATION),
        "invalidation_flow": _Find("authentik_flows.flow", "slug", _INVALIDATION),
    }


def _application(slug: str, title: str) -> dict[str, object]:
    return {
        "model": "authentik_core.application",
        "identifiers": {"slug": slug},
        "attrs": {"name": title, "provider": _Scalar("!KeyOf", "provider")},
    }


def _text(name: str, entries: Sequence[object]) -> str:
    import yaml  # noqa: PLC0415  # only where a blueprint is written

    class Dumper(yaml.SafeDumper):
        """Writes the tags of blueprints."""

    def find(dumper: yaml.SafeDumper, data: _Find) -> yaml.Node:
        value = [data.model, [data.field, data.value]]
        return dumper.represent_sequence("!Find", value, flow_style=True)

    def scalar(_: yaml.SafeDumper, data: _Scalar) -> yaml.Node:
        return yaml.ScalarNode(data.tag, data.value)

    Dumper.add_representer(_Find, find)
    Dumper.add_representer(_Scalar, scalar)
    document = {"version": 1, "metadata": {"name": name}, "entries": list(entries)}
    text: str = yaml.dump(document, Dumper=Dumper, sort_keys=False, width=200)
    return text
