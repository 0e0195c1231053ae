"""Volumes of a pod and their mounts in containers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from kubeapis import k8s
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.pod_parts import file_keys
from kubestrata.constructs.workload.value_source import SecretValue
from kubestrata.constructs.workload.volume import (
    BoundToken,
    ClaimVolume,
    ConfigMapFiles,
    EmptyFolder,
    EphemeralClaim,
    ExistingClaim,
    Mount,
    NodeFolder,
    PodFields,
    PodVolume,
    ProjectedFiles,
    Projection,
    SecretFiles,
)
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label
from kubestrata.core.reference import ReferenceName

# Files are readable by every user of the pod; Secrets by its group only.
_FILE_MODE, _SECRET_MODE = 0o444, 0o440


class Mounted(Frozen):
    """A volume, and its mounts in one container."""

    volume: k8s.Volume
    mounts: tuple[k8s.VolumeMount, ...]


def mounted(container: Container, files: ReferenceName | None, prefix: str = "") -> list[Mounted]:
    """Return the volumes that a container has of its own, with names that begin with `prefix`.

    `files` is the ConfigMap of its plain texts.
    """
    found = [_config_files(files, container.texts, prefix)] if files is not None else []
    found += [*_secret_files(container, prefix), *_writable(container, prefix)]
    for each in found:
        check_label("volume", each.volume.name)
    return found


def shared_mounts(container: Container, volumes: Mapping[str, PodVolume]) -> list[k8s.VolumeMount]:
    """Return the mounts of the volumes of the pod; raises InvalidValue for an unknown volume."""
    found: list[k8s.VolumeMount] = []
    for path, wanted in container.mounts.items():
        mount = wanted if isinstance(wanted, Mount) else Mount(volume=wanted)
        volume = volumes.get(mount.volume)
        if volume is None:
            known = ", ".join(sorted(volumes)) or "none"
            why = f"is not a volume of the pod, which has {known}"
            fix = "add it to PodSettings(volumes={...})"
            raise InvalidValue(f"mount {mount.volume!r} at {path!r}", why, fix)
        found.append(
            k8s.VolumeMount(
                name=mount.volume,
                mount_path=path,
                sub_path=mount.sub_path,
                read_only=True if mount.read_only or _is_read_only(volume) else None,
            )
        )
    return found


def check_mounted(containers: Iterable[Container], volumes: Mapping[str, PodVolume]) -> None:
    """Raise InvalidValue for a volume that no container mounts."""
    used = {
        wanted.volume if isinstance(wanted, Mount) else wanted
        for container in containers
        for wanted in container.mounts.values()
    }
    for name in volumes:
        if name not in used:
            fix = f"add mounts={{'/path': {name!r}}} to a container, or remove it"
            raise InvalidValue(f"volume {name!r}", "is not mounted by any container", fix)


def _is_read_only(volume: PodVolume) -> bool:
    if isinstance(volume, NodeFolder):
        return not volume.writable
    if isinstance(volume, ExistingClaim):
        return volume.read_only
    return isinstance(volume, ConfigMapFiles | ProjectedFiles | SecretFiles)


def pod_volume(name: str, volume: PodVolume, claim: str) -> k8s.Volume:
    """Return a volume of a pod; `claim` is the name of the object of an own claim."""
    match volume:
        case ClaimVolume() | ExistingClaim():
            named = volume.name if isinstance(volume, ExistingClaim) else claim
            read_only = True if isinstance(volume, ExistingClaim) and volume.read_only else None
            source = k8s.PersistentVolumeClaimVolumeSource(claim_name=named, read_only=read_only)
            return k8s.Volume(name=name, persistent_volume_claim=source)
        case EphemeralClaim():
            template = k8s.PersistentVolumeClaimTemplate(
                spec=claim_spec(volume.size, volume.storage_class, "ReadWriteOnce")
            )
            ephemeral = k8s.EphemeralVolumeSource(volume_claim_template=template)
            return k8s.Volume(name=name, ephemeral=ephemeral)
        case EmptyFolder():
            folder = k8s.EmptyDirVolumeSource(size_limit=volume.limit, medium=volume.medium)
            return k8s.Volume(name=name, empty_dir=folder)
        case NodeFolder():
            host_path = k8s.HostPathVolumeSource(path=volume.path, type=volume.must_be)
            return k8s.Volume(name=name, host_path=host_path)
        case _:
            return _object_volume(name, volume)


def _object_volume(name: str, volume: ConfigMapFiles | ProjectedFiles | SecretFiles) -> k8s.Volume:
    match volume:
        case ConfigMapFiles():
            config_map = k8s.ConfigMapVolumeSource(
                name=volume.name,
                items=_items(volume.items),
                optional=volume.optional or None,
                default_mode=volume.mode,
            )
            return k8s.Volume(name=name, config_map=config_map)
        case SecretFiles():
            secret = k8s.SecretVolumeSource(
                secret_name=volume.name,
                items=_items(volume.items),
                optional=volume.optional or None,
                default_mode=volume.mode,
            )
            return k8s.Volume(name=name, secret=secret)
        case ProjectedFiles():
            sources = [_projection(each) for each in volume.sources]
            projected = k8s.ProjectedVolumeSource(sources=sources, default_mode=volume.mode)
            return k8s.Volume(name=name, projected=projected)


def _projection(source: Projection) -> k8s.VolumeProjection:
    match source:
        case BoundToken():
            token = k8s.ServiceAccountTokenProjection(
                audience=source.audience,
                path=source.path,
                expiration_seconds=source.expires_seconds,
            )
            return k8s.VolumeProjection(service_account_token=token)
        case PodFields():
            items = [
                k8s.DownwardAPIVolumeFile(
                    path=path, field_ref=k8s.ObjectFieldSelector(field_path=field)
                )
                for path, field in source.items.items()
            ]
            return k8s.VolumeProjection(downward_api=k8s.DownwardAPIProjection(items=items))
        case ConfigMapFiles():
            config_map = k8s.ConfigMapProjection(
                name=source.name, items=_items(source.items), optional=source.optional or None
            )
            return k8s.VolumeProjection(config_map=config_map)
        case SecretFiles():
            secret = k8s.SecretProjection(
                name=source.name, items=_items(source.items), optional=source.optional or None
            )
            return k8s.VolumeProjection(secret=secret)


def _items(items: Mapping[str, str]) -> list[k8s.KeyToPath] | None:
    return [k8s.KeyToPath(key=key, path=path) for key, path in items.items()] or None


def claim_spec(size: str, storage_class: str | None, access: str) -> k8s.PersistentVolumeClaimSpec:
    """Return the spec of a claim."""
    return k8s.PersistentVolumeClaimSpec(
        access_modes=[access],
        storage_class_name=storage_class,
        resources=k8s.VolumeResourceRequirements(requests={"storage": size}),
    )


def _config_files(name: ReferenceName, texts: Mapping[str, str], prefix: str) -> Mounted:
    source = k8s.ConfigMapVolumeSource(name=name, default_mode=_FILE_MODE)
    mounts = (
        k8s.VolumeMount(name=f"{prefix}files", mount_path=path, sub_path=key, read_only=True)
        for path, key in file_keys(texts).items()
    )
    return Mounted(k8s.Volume(name=f"{prefix}files", config_map=source), tuple(mounts))


def _secret_files(container: Container, prefix: str) -> list[Mounted]:
    """Return a volume per folder, because a file mounted alone never sees its Secret change."""
    folders: dict[str, dict[str, SecretValue]] = {}
    for path, value in container.secret_files.items():
        where = PurePosixPath(path)
        folders.setdefault(str(where.parent), {})[where.name] = value
    for path in (*container.texts, *container.writable, *container.mounts):
        if str(PurePosixPath(path).parent) in folders or path in folders:
            why = "is in a folder that holds files from Secrets, and must not hold others"
            raise InvalidValue(f"path {path!r}", why, "use another folder")
    return [
        _secret_folder(f"{prefix}secrets-{number}", folder, values)
        for number, (folder, values) in enumerate(folders.items(), 1)
    ]


def _secret_folder(name: str, folder: str, values: Mapping[str, SecretValue]) -> Mounted:
    sources = [
        k8s.VolumeProjection(
            secret=k8s.SecretProjection(
                name=value.secret, items=[k8s.KeyToPath(key=value.key, path=file)]
            )
        )
        for file, value in values.items()
    ]
    volume = k8s.ProjectedVolumeSource(sources=sources, default_mode=_SECRET_MODE)
    mount = k8s.VolumeMount(name=name, mount_path=folder, read_only=True)
    return Mounted(k8s.Volume(name=name, projected=volume), (mount,))


def _writable(container: Container, prefix: str) -> list[Mounted]:
    return [
        Mounted(
            k8s.Volume(
                name=f"{prefix}writable-{number}",
                empty_dir=k8s.EmptyDirVolumeSource(size_limit=limit),
            ),
            (k8s.VolumeMount(name=f"{prefix}writable-{number}", mount_path=path),),
        )
        for number, (path, limit) in enumerate(container.writable.items(), 1)
    ]
