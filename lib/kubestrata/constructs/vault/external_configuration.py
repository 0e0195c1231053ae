"""Configuration inside Vault: auth methods, secrets engines and policies.

Bank-Vaults applies it when it changes; what others add to Vault stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import field

from kubestrata.core.argument import require_each
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json, JsonObject
from kubestrata.core.reference import Reference
from kubestrata.core.value.duration import Duration


class VaultPolicy(Frozen):
    """An ACL policy named `name`; `rules` are its paths and capabilities in HCL."""

    name: str
    rules: str

    def __post_init__(self) -> None:
        if not self.rules.strip():
            fix = 'write path "kv/data/shop/*" { capabilities = ["read"] }'
            raise InvalidValue(f"VaultPolicy {self.name!r}", "has no rules", fix)

    @property
    def config(self) -> JsonObject:
        """Return the entry of `policies`."""
        return {"name": self.name, "rules": self.rules}


class VaultRole(Frozen):
    """A role of the Kubernetes auth method: ServiceAccounts, and the policies of their tokens."""

    name: str
    accounts: Sequence[Reference]
    policies: Sequence[VaultPolicy]
    ttl: Duration = field(default_factory=lambda: Duration("1h"))

    def __post_init__(self) -> None:
        if not self.accounts:
            why = "has no ServiceAccount, so nothing can use it"
            raise InvalidValue(f"VaultRole {self.name!r}", why, "pass accounts=[...]")
        require_each(f"accounts of VaultRole {self.name!r}", self.accounts, Reference)
        require_each(f"policies of VaultRole {self.name!r}", self.policies, VaultPolicy)
        for each in self.accounts:
            if (each.group, each.kind) != ("", "ServiceAccount"):
                raise InvalidReference(str(each), "is not a ServiceAccount")

    @property
    def config(self) -> JsonObject:
        """Return the entry of `roles`."""
        names = [each.name for each in self.accounts]
        spaces = [each.namespace for each in self.accounts]
        return {
            "name": self.name,
            "bound_service_account_names": list(dict.fromkeys(names)),
            "bound_service_account_namespaces": list(dict.fromkeys(spaces)),
            "policies": [each.name for each in self.policies],
            "ttl": str(self.ttl),
        }


class VaultKubernetesAuth(Frozen):
    """The Kubernetes auth method at `path`: tokens of ServiceAccounts, by role."""

    path: str = "kubernetes"
    roles: Sequence[VaultRole] = ()

    def __post_init__(self) -> None:
        require_each("roles of VaultKubernetesAuth", self.roles, VaultRole)

    @property
    def config(self) -> JsonObject:
        """Return the entry of `auth`."""
        made: dict[str, Json] = {"type": "kubernetes", "path": self.path}
        if self.roles:
            made["roles"] = [each.config for each in self.roles]
        return made


class KeyValueEngine(Frozen):
    """The key-value engine at `path`; version 2 keeps earlier versions of an entry."""

    path: str
    version: Literal[1, 2] = 2
    description: str = ""

    @property
    def config(self) -> JsonObject:
        """Return the entry of `secrets`."""
        options: JsonObject = {"version": self.version}
        made: dict[str, Json] = {"type": "kv", "path": self.path, "options": options}
        if self.description:
            made["description"] = self.description
        return made


class ExternalConfiguration(Frozen):
    """Auth methods, secrets engines and policies; the policies of roles are added.

    Raises InvalidValue for two of one path, or two policies of one name with other rules.
    """

    auth: Sequence[VaultKubernetesAuth] = ()
    engines: Sequence[KeyValueEngine] = ()
    policies: Sequence[VaultPolicy] = ()

    def __post_init__(self) -> None:
        require_each("auth of ExternalConfiguration", self.auth, VaultKubernetesAuth)
        require_each("engines of ExternalConfiguration", self.engines, KeyValueEngine)
        require_each("policies of ExternalConfiguration", self.policies, VaultPolicy)
        _check_paths("auth methods", [each.path for each in self.auth])
        _check_paths("secrets engines", [each.path for each in self.engines])
        named: dict[str, str] = {}
        for each in self._policies:
            if named.setdefault(each.name, each.rules) != each.rules:
                what, why = f"VaultPolicy {each.name!r}", "exists with other rules"
                raise InvalidValue(what, why, "give one of the two another name")

    @property
    def _policies(self) -> list[VaultPolicy]:
        roles = [role for method in self.auth for role in method.roles]
        return [*self.policies, *(each for role in roles for each in role.policies)]

    @property
    def config(self) -> JsonObject:
        """Return `spec.externalConfig`."""
        parts: dict[str, list[Json]] = {
            "policies": [each.config for each in dict.fromkeys(self._policies)],
            "auth": [each.config for each in self.auth],
            "secrets": [each.config for each in self.engines],
        }
        return {key: entries for key, entries in parts.items() if entries}


def _check_paths(what: str, paths: Sequence[str]) -> None:
    """Raise InvalidValue for a path that Vault does not accept, or that two have."""
    for path in paths:
        if not path or path.startswith("/"):
            raise InvalidValue(f"path {path!r} of {what}", "is not a valid path", "write 'kv'")
        if paths.count(path) > 1:
            fix = "give one of the two another path"
            raise InvalidValue(f"path {path!r} of {what}", "is used twice", fix)
