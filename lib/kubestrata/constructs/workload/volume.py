"""Volumes of a pod and their mounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from kubeapis import k8s
from kubestrata.constructs.workload.container import Container, SecretValue
from kubestrata.constructs.workload.pod_parts import file_keys
from kubestrata.core.errors import InvalidValue
from kubestrata.core.reference import ReferenceName

# Files are readable by every user of the pod; Secrets by its group only.
_FILE_MODE, _SECRET_MODE = 0o444, 0o440


@dataclass(frozen=True, slots=True)
class Mounted:
    """A volume, and its mounts in the container."""

    volume: k8s.Volume
    mounts: tuple[k8s.VolumeMount, ...]


def mounted(container: Container, files: ReferenceName | None) -> list[Mounted]:
    """Return all volumes of the container; `files` is the ConfigMap of its plain texts."""
    found = [_config_files(files, container.texts)] if files is not None else []
    return [*found, *_secret_files(container), *_writable(container)]


def _config_files(name: ReferenceName, texts: Mapping[str, str]) -> Mounted:
    source = k8s.ConfigMapVolumeSource(name=name, default_mode=_FILE_MODE)
    mounts = (
        k8s.VolumeMount(name="files", mount_path=path, sub_path=key, read_only=True)
        for path, key in file_keys(texts).items()
    )
    return Mounted(k8s.Volume(name="files", config_map=source), tuple(mounts))


def _secret_files(container: Container) -> list[Mounted]:
    """Return a volume per folder, because a file mounted alone never sees its Secret change."""
    folders: dict[str, dict[str, SecretValue]] = {}
    for path, value in container.secret_files.items():
        where = PurePosixPath(path)
        folders.setdefault(str(where.parent), {})[where.name] = value
    for path in (*container.texts, *container.writable):
        if str(PurePosixPath(path).parent) in folders or path in folders:
            why = "is in a folder that holds files from Secrets, and must not hold others"
            raise InvalidValue(f"path {path!r}", why, "use another folder")
    return [
        _secret_folder(f"secrets-{number}", folder, values)
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


def _writable(container: Container) -> list[Mounted]:
    return [
        Mounted(
            k8s.Volume(
                name=f"writable-{number}", empty_dir=k8s.EmptyDirVolumeSource(size_limit=limit)
            ),
            (k8s.VolumeMount(name=f"writable-{number}", mount_path=path),),
        )
        for number, (path, limit) in enumerate(container.writable.items(), 1)
    ]
