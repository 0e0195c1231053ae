"""Sources of an ExternalSecret, and the keys of the resulting Secret."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from kubeapis import external_secrets as es
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
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
# Source: Kubernetes' validation of Secret keys.
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")


class RemoteKey(Frozen):
    """One value in the store; `property` is a field of the entry at `path`."""

    path: str
    property: str | None = None

    def __post_init__(self) -> None:
        _check_path(self.path)


class SecretSource(Frozen):
    """Values from a store or from generators; use one of the factories below.

    `known` are the keys of the resulting Secret, None if they are not all known.
    """

    data: tuple[es.ExternalSecretSpecData, ...]
    data_from: tuple[es.ExternalSecretSpecDataFrom, ...]
    known: frozenset[str] | None

    @classmethod
    def all_of(cls, path: str, *, keys: Sequence[str] | None = None) -> SecretSource:
        """Return every field of the entry at `path`; `keys` are the fields that it should have."""
        _check_path(path)
        found = es.ExternalSecretSpecDataFrom(extract=es.ExternalSecretSpecDataRemoteRef(key=path))
        return cls((), (found,), None if keys is None else _checked(keys))

    @classmethod
    def keys(cls, keys: Mapping[str, RemoteKey]) -> SecretSource:
        """Return single values: key of the Secret -> location in the store."""
        for key, remote in keys.items():
            fix = "write RemoteKey(path, property)"
            require(f"source of key {key!r}", remote, RemoteKey, fix=fix)
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
        """Return the values of a generator; `rename` maps its keys to other names.

        Raises InvalidReference for an object that is not a generator.
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
        """Return both sources; single values override keys of a whole entry."""
        known = None
        if self.known is not None and other.known is not None:
            known = self.known | other.known
        return SecretSource(self.data + other.data, self.data_from + other.data_from, known)

    @property
    def needs_store(self) -> bool:
        """Return True if any value is fetched from a store."""
        return bool(self.data) or any(each.source_ref is None for each in self.data_from)


def _checked(keys: Sequence[str] | Mapping[str, RemoteKey]) -> frozenset[str]:
    if not keys:
        raise InvalidValue("SecretSource", "has no keys", "name at least one")
    for key in keys:
        if not _KEY.match(key):
            why = "is not a valid key: must be letters, digits, '-', '_' and '.'"
            raise InvalidValue(f"key {key!r} of a Secret", why)
    return frozenset(keys)


def _check_path(path: str) -> None:
    if not path:
        raise InvalidValue("path in the store", "is empty", "name the entry")


def _generator_kind(generator: Reference) -> _GeneratorKind:
    kind = _GENERATORS.get(generator.kind)
    if kind is None or generator.group != "generators.external-secrets.io":
        why = f"is not a valid generator: must be one of {', '.join(sorted(_GENERATORS))}"
        raise InvalidReference(str(generator), why)
    return kind
