"""Objects a pod depends on: ServiceAccount, ConfigMaps, Secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kubeapis import k8s
from kubestrata.constructs.config import create_config_map
from kubestrata.constructs.secret import (
    ExternalSecret,
    Refresh,
    RemoteKey,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.workload.container import Container, SecretValue
from kubestrata.constructs.workload.declaration import WorkloadDefaults
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName


@dataclass(frozen=True, slots=True)
class PodParts:
    """Names of the objects that a pod depends on, and the cluster's defaults for pods."""

    defaults: WorkloadDefaults
    service_account: ReferenceName
    config: ReferenceName | None
    files: ReferenceName | None
    stored: Mapping[str, SecretValue]


def make_parts(
    scope: Construct, id: str, container: Container, labels: Mapping[str, str]
) -> PodParts:
    """Create a ServiceAccount without a token, and the declared ConfigMaps and ExternalSecret."""
    account = k8s.ServiceAccount(
        scope,
        f"{id}-account",
        metadata=k8s.ObjectMeta(name=id, labels=labels),
        automount_service_account_token=False,
    )
    texts = container.texts
    files = {key: texts[path] for path, key in file_keys(texts).items()}
    parts = PodParts(
        defaults=WorkloadDefaults.of(component_of(scope).cluster),
        service_account=account.name,
        config=_config_map(scope, "config", id, container.config),
        files=_config_map(scope, "files", id, files),
        stored=_stored(scope, id, container),
    )
    for name, entry in container.secrets_from_store.items():
        source, refresh = SecretSource.all_of(entry.path), Refresh(entry.refresh)
        ExternalSecret(scope, name, source=source, refresh=refresh)
    return parts


def _config_map(
    scope: Construct, purpose: str, id: str, data: Mapping[str, str]
) -> ReferenceName | None:
    return hashed_config_map(scope, purpose, f"{id}-{purpose}", data).name if data else None


def _stored(scope: Construct, id: str, container: Container) -> dict[str, SecretValue]:
    if not container.env_from_store:
        return {}
    keys = {
        name: RemoteKey(value.path, value.property)
        for name, value in container.env_from_store.items()
    }
    secret = ExternalSecret(scope, f"{id}-store", source=SecretSource.keys(keys)).secret
    return {name: SecretValue(secret=secret.name, key=name) for name in keys}


def hashed_config_map(
    scope: Construct, id: str, name: str, data: Mapping[str, str]
) -> k8s.ConfigMap:
    """Create one immutable ConfigMap `<name>-<hash>`: new content restarts the pods."""
    return create_config_map(scope, id, name, data, naming="hashed")


def file_keys(paths: Mapping[str, str]) -> dict[str, str]:
    """Return path -> key of the ConfigMap; raises InvalidValue for two paths with one key."""
    keys: dict[str, str] = {}
    for path in paths:
        key = re.sub(r"[^-._a-zA-Z0-9]+", "_", path.strip("/"))
        other = next((known for known, taken in keys.items() if taken == key), None)
        if other is not None:
            why = f"becomes the key {key!r}, the same as {other!r}"
            raise InvalidValue(f"path {path!r}", why, "rename one of the files")
        keys[path] = key
    return keys


def check_namespaces(container: Container, namespace: str) -> None:
    """Raise InvalidReference for a Secret that pods in `namespace` cannot use."""
    values = (*container.secret_variables.values(), *container.secret_files.values())
    for name in (*(each.secret for each in values), *(each.secret for each in container.env_from)):
        if isinstance(name, ReferenceName):
            SecretReference(name.reference).require_namespace(namespace)
