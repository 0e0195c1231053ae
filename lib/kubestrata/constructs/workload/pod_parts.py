"""What pods need before they are: an account, their configuration, their Secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kubeapis import k8s
from kubestrata.constructs.secret import ExternalSecret, RemoteKey, SecretSource
from kubestrata.constructs.workload.config import file_keys, hashed_config_map
from kubestrata.constructs.workload.container import Container, SecretValue
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName
from kubestrata.core.tree import component_of


@dataclass(frozen=True, slots=True)
class PodParts:
    """What was made for the pods beforehand, and what the cluster says of all pods."""

    defaults: WorkloadDefaults
    service_account: ReferenceName
    config: ReferenceName | None
    files: ReferenceName | None
    stored: Mapping[str, SecretValue]


def make_parts(
    scope: Construct, id: str, container: Container, labels: Mapping[str, str]
) -> PodParts:
    """A ServiceAccount without a token, and the ConfigMaps and ExternalSecret asked for."""
    account = k8s.ServiceAccount(
        scope,
        f"{id}-account",
        metadata=k8s.ObjectMeta(name=id, labels=labels),
        automount_service_account_token=False,
    )
    texts = container.texts
    files = {key: texts[path] for path, key in file_keys(texts).items()}
    return PodParts(
        defaults=WorkloadDefaults.of(component_of(scope).cluster),
        service_account=account.name,
        config=_config_map(scope, "config", id, container.config),
        files=_config_map(scope, "files", id, files),
        stored=_stored(scope, id, container),
    )


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
