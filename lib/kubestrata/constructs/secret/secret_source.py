"""What an ExternalSecret fetches, and under which keys it arrives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from kubeapis import external_secrets as es
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.reference import Reference

_GeneratorKind = Literal[
    "ACRAccessToken",
    "ClusterGenerator",
    "ECRAuthorizationToken",
    "GCRAccessToken",
    "GithubAccessToken",
    "Password",
    "QuayAccessToken",
    "SSHKey",
    "STSSessionToken",
    "UUID",
    "VaultDynamicSecret",
    "Webhook",
]
_GENERATORS: Mapping[str, _GeneratorKind] = {each: each for each in get_args(_GeneratorKind)}
# Source: Kubernetes' rule for the keys of a Secret.
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")


@dataclass(frozen=True, slots=True)
class RemoteKey:
    """One value in the store; `property` is a field of what is at `path`."""

    path: str
    property: str | None = None

    def __post_init__(self) -> None:
        _check_path(self.path)


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Values of a store or of generators; made by the factories below.

    `known` are the keys that the Secret will have, None where nobody knows all of them.
    """

    data: tuple[es.ExternalSecretSpecData, ...]
    data_from: tuple[es.ExternalSecretSpecDataFrom, ...]
    known: frozenset[str] | None

    @classmethod
    def all_of(cls, path: str, *, keys: Sequence[str] | None = None) -> SecretSource:
        """Every field of what is at `path`; `keys` are those that it is known to have."""
        _check_path(path)
        found = es.ExternalSecretSpecDataFrom(extract=es.ExternalSecretSpecDataRemoteRef(key=path))
        return cls((), (found,), None if keys is None else _checked(keys))

    @classmethod
    def keys(cls, keys: Mapping[str, RemoteKey]) -> SecretSource:
        """Single values: key of the Secret -> where it is in the store."""
        for key, remote in keys.items():
            fix = "write RemoteKey(path, property)"
            require(f"what key {key!r} is fetched from", remote, RemoteKey, fix=fix)
        data = tuple(
            es.ExternalSecretSpecData(
                secret_key=key,
                remote_ref=es.ExternalSecretSpecDataRemoteRef(
                    key=remote.path, property=remote.property
                ),
            )
            for key, remote in keys.items()
        )
        return cls(data, (), _checked(keys))

    @classmethod
    def generated(
        cls, generator: Reference, *, keys: Sequence[str], rename: Mapping[str, str] | None = None
    ) -> SecretSource:
        """What a generator makes; `rename` gives its keys other names before they arrive.

        Raises InvalidReference for an object that is no generator.
        """
        made = es.ExternalSecretSpecDataSourceRefGeneratorRef(
            api_version="generators.external-secrets.io/v1alpha1",
            kind=_generator_kind(generator),
            name=generator.name,
        )
        rewrites = [
            es.ExternalSecretSpecDataFromRewrite(
                regexp=es.ExternalSecretSpecDataFromRewriteRegexp(
                    source=f"^{re.escape(old)}$", target=new
                )
            )
            for old, new in (rename or {}).items()
        ]
        found = es.ExternalSecretSpecDataFrom(
            source_ref=es.ExternalSecretSpecDataSourceRef(generator_ref=made),
            rewrite=rewrites or None,
        )
        names = dict(rename or {})
        return cls((), (found,), _checked([names.get(key, key) for key in keys]))

    def plus(self, other: SecretSource) -> SecretSource:
        """Both; where both have a key, a single value wins over what comes as a whole."""
        known = None
        if self.known is not None and other.known is not None:
            known = self.known | other.known
        return SecretSource(self.data + other.data, self.data_from + other.data_from, known)

    @property
    def needs_store(self) -> bool:
        """Whether anything is fetched, not generated."""
        return bool(self.data) or any(each.source_ref is None for each in self.data_from)


def _checked(keys: Sequence[str] | Mapping[str, RemoteKey]) -> frozenset[str]:
    if not keys:
        raise InvalidValue("SecretSource", "has no key", "name at least one")
    for key in keys:
        if not _KEY.match(key):
            why = "must be letters, digits, '-', '_' and '.'"
            raise InvalidValue(f"key {key!r} of a Secret", why)
    return frozenset(keys)


def _check_path(path: str) -> None:
    if not path:
        raise InvalidValue("path in the store", "is empty", "name the entry")


def _generator_kind(generator: Reference) -> _GeneratorKind:
    kind = _GENERATORS.get(generator.kind)
    if kind is None or generator.group != "generators.external-secrets.io":
        why = f"is no generator of {', '.join(sorted(_GENERATORS))}"
        raise InvalidReference(str(generator), why)
    return kind
