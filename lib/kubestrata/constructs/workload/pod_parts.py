"""Objects a pod depends on: ServiceAccount, ConfigMaps, Secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kubeapis import k8s
from kubestrata.constructs.config import create_config_map
from kubestrata.constructs.secret import (
    ExternalSecret,
    Refresh,
    RemoteKey,
    SecretReference,
    SecretSource,
)
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.defaults import WorkloadDefaults
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.value_source import SecretValue
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName


class PodParts(Frozen):
    """Names of the objects that one container depends on, and the cluster's defaults for pods."""

    defaults: WorkloadDefaults
    service_account: str
    config: ReferenceName | None
    files: ReferenceName | None
    stored: Mapping[str, SecretValue]


def service_account(
    scope: Construct, id: str, labels: Mapping[str, str], settings: PodSettings
) -> str:
    """Return the name of the pods' ServiceAccount, created without a token unless declared.

    Permissions are a Role and a RoleBinding of the name of the workload.
    """
    if settings.service_account is not None:
        return settings.service_account
    metadata = k8s.ObjectMeta(name=id, labels=labels)
    account = k8s.ServiceAccount(
        scope, f"{id}-account", metadata=metadata, automount_service_account_token=False
    )
    if settings.permissions:
        role = k8s.Role(scope, f"{id}-role", metadata=metadata, rules=settings.permissions)
        k8s.RoleBinding(
            scope,
            f"{id}-role-binding",
            metadata=metadata,
            role_ref=k8s.RoleRef(
                api_group="rbac.authorization.k8s.io", kind=role.kind, name=role.name
            ),
            subjects=[
                k8s.Subject(
                    kind=account.kind, name=account.name, namespace=account.ref.object_namespace
                )
            ],
        )
    return account.name


def make_parts(scope: Construct, id: str, container: Container, account: str) -> PodParts:
    """Create the declared ConfigMaps and ExternalSecrets of a container, named after `id`."""
    texts = container.texts
    files = {key: texts[path] for path, key in file_keys(texts).items()}
    parts = PodParts(
        defaults=WorkloadDefaults.of(component_of(scope).cluster),
        service_account=account,
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
    name = f"{id}-{purpose}"
    return hashed_config_map(scope, name, name, data).name if data else None


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


def check_namespaces(containers: Iterable[Container], namespace: str) -> None:
    """Raise InvalidReference for a Secret that pods in `namespace` cannot use."""
    for container in containers:
        values = (*container.secret_variables.values(), *container.secret_files.values())
        names = (*(each.secret for each in values), *(each.secret for each in container.env_from))
        for name in names:
            if isinstance(name, ReferenceName):
                SecretReference(name.reference).require_namespace(namespace)
