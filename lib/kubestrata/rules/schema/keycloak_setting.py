"""V17: settings of Keycloak exist in its version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import value_at, values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_FIRST_WITHOUT = 26
"""The version that removed the options (source: its upgrading guide)."""
_TAG = re.compile(r":v?(\d+)\.")
_OPTIONS = {
    "admin": "set spec.bootstrapAdmin.user.secret",
    "admin-password": "set spec.bootstrapAdmin.user.secret",
    "admin-user": "set spec.bootstrapAdmin.user.secret",
    "hostname-admin-url": "set spec.hostname.admin",
    "hostname-path": "write the path into spec.hostname.hostname",
    "hostname-port": "write the port into spec.hostname.hostname",
    "hostname-strict-backchannel": "set spec.hostname.backchannelDynamic",
    "hostname-strict-https": "write https:// into spec.hostname.hostname",
    "hostname-url": "set spec.hostname.hostname",
    "proxy": "set spec.proxy.headers",
}
_FIELDS = {
    "adminUrl": "set spec.hostname.admin",
    "strictBackchannel": "set spec.hostname.backchannelDynamic",
}
_FEATURES = {
    "account2": "is on, with another name",
    "admin2": "is on, with another name",
    "declarative-user-profile": "is always on",
    "map-storage": "was removed",
    "openshift-integration": "was removed",
}


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for keycloak in tree.of_kind("k8s.keycloak.org", "Keycloak"):
        tag = _TAG.search(str(keycloak.spec.get("image") or ""))
        if tag is None or int(tag[1]) >= _FIRST_WITHOUT:
            yield from _of(keycloak)


def _of(keycloak: Subject) -> Iterator[Finding]:
    for path, value in values(keycloak.manifest, "spec.additionalOptions[]"):
        name = str(mapping(value).get("name"))
        if name in _OPTIONS:
            said = f"Keycloak {_FIRST_WITHOUT} has no option {name}"
            yield keycloak.finding(f"{path}.name", said, _OPTIONS[name])
    for name, fix in _FIELDS.items():
        if value_at(keycloak.manifest, f"spec.hostname.{name}") is not None:
            said = f"Keycloak {_FIRST_WITHOUT} has no such setting of the host name"
            yield keycloak.finding(f"spec.hostname.{name}", said, fix)
    features = value_at(keycloak.manifest, "spec.features.enabled")
    for index, name in enumerate(map(str, sequence(features))):
        if name in _FEATURES:
            said = f"feature {name} {_FEATURES[name]}: Keycloak does not start with it"
            yield keycloak.finding(f"spec.features.enabled[{index}]", said, "remove it")


RULES = (
    Rule(
        "V17",
        "options and features of a Keycloak exist in its version",
        "Keycloak does not start, or has its default",
        _check,
        Severity.WARNING,
    ),
)
