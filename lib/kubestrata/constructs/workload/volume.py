"""Volumes of a pod: claims, empty folders, ConfigMaps, Secrets, tokens, folders of the node."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeAlias, get_args

from msgspec import Meta

from kubestrata.constructs.workload.exception import Justification
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.names import check_subdomain
from kubestrata.core.reconcile import HealthExpression
from kubestrata.core.value.amount import quantity
from kubestrata.core.value.quantity import Quantity

PENDING_CLAIM = HealthExpression(
    "v1",
    "PersistentVolumeClaim",
    current="has(status.phase) && status.phase in ['Bound', 'Pending']",
)
"""Health of claims that the first pod binds, for `Reconcile` of a component with a job."""

AccessMode = Literal["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
PathType = Literal[
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
]
_ONE_NODE = ("ReadWriteOnce", "ReadWriteOncePod")
# Source: core validateVolumeDownwardAPI.
_FIELD = re.compile(r"metadata\.((name|namespace|uid)|(labels|annotations)(\['[^']+'\])?)\Z")
_Mode = Annotated[int, Meta(ge=0, le=0o777, description="Permissions of the files.")]
# Source: core validateProjectionSources, in seconds.
_Expiry = Annotated[int, Meta(ge=600, le=2**32)]


class ClaimVolume(Declaration, kw_only=True, tag_field="kind", tag="claim"):
    """A PersistentVolumeClaim of the workload's own; each pod of a StatefulWorkload has one."""

    size: Quantity
    storage_class: str | None = None
    access: AccessMode = "ReadWriteOnce"
    name: str | None = None

    def __post_init__(self) -> None:
        """Reject a size that no volume can have, and invalid names."""
        super().__post_init__()
        _check_size(self, self.size)
        for what, name in (("storage class", self.storage_class), ("claim", self.name)):
            if name is not None:
                check_subdomain(what, name)

    @property
    def is_of_one_node(self) -> bool:
        """Return True if pods of one node only can use the volume."""
        return self.access in _ONE_NODE


class ExistingClaim(Declaration, kw_only=True, tag_field="kind", tag="existing-claim"):
    """A PersistentVolumeClaim that exists already, in the namespace of the pods."""

    name: Annotated[str, Meta(min_length=1)]
    read_only: bool = False


class EphemeralClaim(Declaration, kw_only=True, tag_field="kind", tag="ephemeral"):
    """A PersistentVolumeClaim that is created and deleted with each pod."""

    size: Quantity
    storage_class: str | None = None

    def __post_init__(self) -> None:
        """Reject a size that no volume can have."""
        super().__post_init__()
        _check_size(self, self.size)


class EmptyFolder(Declaration, kw_only=True, tag_field="kind", tag="empty"):
    """A folder that exists as long as the pod, on the node's disk or in its memory."""

    limit: Quantity
    medium: Literal["Memory"] | None = None

    def __post_init__(self) -> None:
        """Reject a negative limit."""
        super().__post_init__()
        _check_size(self, self.limit, "limit")


class _Files(Declaration, kw_only=True):
    name: Annotated[str, Meta(min_length=1)]
    items: Mapping[str, str] = {}
    optional: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_relative(self.items.values())


class ConfigMapFiles(_Files, kw_only=True, tag_field="kind", tag="config-map"):
    """The keys of a ConfigMap as read-only files; `items` are files by key, all unless given."""

    mode: _Mode = 0o444


class SecretFiles(_Files, kw_only=True, tag_field="kind", tag="secret"):
    """The keys of a Secret as read-only files; `items` are files by key, all unless given."""

    mode: _Mode = 0o440


class BoundToken(Declaration, kw_only=True, tag_field="kind", tag="token"):
    """A token of the pod's ServiceAccount for one audience, renewed before it expires."""

    audience: Annotated[str, Meta(min_length=1)]
    path: str = "token"
    expires_seconds: _Expiry = 3600

    def __post_init__(self) -> None:
        """Reject a path outside of the volume."""
        super().__post_init__()
        check_relative([self.path])


class PodFields(Declaration, kw_only=True, tag_field="kind", tag="fields"):
    """Fields of the pod as files, by path: `{"labels": "metadata.labels"}`."""

    items: Annotated[Mapping[str, str], Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Reject paths outside of the volume, and unknown fields."""
        super().__post_init__()
        check_relative(self.items)
        for path, field in self.items.items():
            if not _FIELD.match(field):
                why = f"{field!r} of {path!r} is not a field that a volume can have"
                fix = "write metadata. and name, namespace, uid, labels or annotations"
                raise self.refuse("items", why, fix)


Projection: TypeAlias = BoundToken | ConfigMapFiles | PodFields | SecretFiles


class ProjectedFiles(Declaration, kw_only=True, tag_field="kind", tag="projected"):
    """Several sources in one folder."""

    sources: Annotated[Sequence[Projection], Meta(min_length=1)]
    mode: _Mode = 0o440

    def __post_init__(self) -> None:
        """Reject two files of one path."""
        super().__post_init__()
        seen: set[str] = set()
        for source in self.sources:
            for path in _paths(source):
                if path in seen:
                    raise self.refuse("sources", f"have two files {path!r}", "rename one")
                seen.add(path)


class NodeFolder(Declaration, kw_only=True, tag_field="kind", tag="host-path"):
    """A folder or file of the node (P15), read-only unless `writable` (P18)."""

    path: str
    why: Justification
    must_be: PathType | None = None
    writable: bool = False

    def __post_init__(self) -> None:
        """Reject a relative path."""
        super().__post_init__()
        if not self.path.startswith("/") or ".." in PurePosixPath(self.path).parts:
            raise self.refuse("path", f"{self.path!r} is not valid: must be absolute, without '..'")


PodVolume: TypeAlias = (
    ClaimVolume
    | ConfigMapFiles
    | EmptyFolder
    | EphemeralClaim
    | ExistingClaim
    | NodeFolder
    | ProjectedFiles
    | SecretFiles
)

POD_VOLUMES = get_args(PodVolume)


class Volume:
    """Factories of volumes; a Container mounts them by their name in `PodSettings.volumes`."""

    @staticmethod
    def claim(
        size: str,
        storage_class: str | None = None,
        *,
        access: AccessMode = "ReadWriteOnce",
        name: str | None = None,
    ) -> ClaimVolume:
        """Return a claim named `<workload>-<volume>`, or `name`; None is the default class.

        A StatefulWorkload has one for each pod.
        """
        return ClaimVolume(
            size=Quantity(size), storage_class=storage_class, access=access, name=name
        )

    @staticmethod
    def existing_claim(name: str, *, read_only: bool = False) -> ExistingClaim:
        """Return a claim by the name of its object."""
        return ExistingClaim(name=name, read_only=read_only)

    @staticmethod
    def ephemeral(size: str, storage_class: str | None = None) -> EphemeralClaim:
        """Return a claim that lives as long as a pod."""
        return EphemeralClaim(size=Quantity(size), storage_class=storage_class)

    @staticmethod
    def empty(limit: str) -> EmptyFolder:
        """Return an empty folder on the node's disk."""
        return EmptyFolder(limit=Quantity(limit))

    @staticmethod
    def memory(limit: str) -> EmptyFolder:
        """Return an empty folder in memory, which counts towards the memory limit."""
        return EmptyFolder(limit=Quantity(limit), medium="Memory")

    @staticmethod
    def config_map(
        name: str,
        items: Mapping[str, str] | None = None,
        *,
        optional: bool = False,
        mode: int = 0o444,
    ) -> ConfigMapFiles:
        """Return the keys of a ConfigMap as files; `items` are files by key, 0o755 are scripts."""
        return ConfigMapFiles(name=name, items=items or {}, optional=optional, mode=mode)

    @staticmethod
    def secret(
        name: str, items: Mapping[str, str] | None = None, *, optional: bool = False
    ) -> SecretFiles:
        """Return the keys of a Secret as files; `items` are files by key."""
        return SecretFiles(name=name, items=items or {}, optional=optional)

    @staticmethod
    def token(audience: str, *, path: str = "token", expires_seconds: int = 3600) -> BoundToken:
        """Return a token of the ServiceAccount, for `Volume.projected`."""
        return BoundToken(audience=audience, path=path, expires_seconds=expires_seconds)

    @staticmethod
    def fields(items: Mapping[str, str]) -> PodFields:
        """Return fields of the pod as files by path, for `Volume.projected`."""
        return PodFields(items=items)

    @staticmethod
    def projected(*sources: Projection) -> ProjectedFiles:
        """Return several sources in one folder."""
        return ProjectedFiles(sources=sources)

    @staticmethod
    def host_path(
        path: str,
        *,
        why: Justification,
        must_be: PathType | None = None,
        writable: bool = False,
    ) -> NodeFolder:
        """Return a folder of the node, which needs a reason; `must_be` is checked there."""
        return NodeFolder(path=path, why=why, must_be=must_be, writable=writable)


class Mount(Declaration, kw_only=True):
    """A volume by name, or one file or folder of it; files of objects are read-only anyway."""

    volume: str
    sub_path: str | None = None
    read_only: bool = False

    def __post_init__(self) -> None:
        """Reject a path outside of the volume."""
        super().__post_init__()
        if self.sub_path is not None:
            check_relative([self.sub_path])


def check_relative(paths: Iterable[str]) -> None:
    """Raise InvalidValue for a path that does not stay in its volume."""
    for path in paths:
        if not path or path.startswith("/") or ".." in PurePosixPath(path).parts:
            why = "is not valid: must be relative, without '..'"
            raise InvalidValue(f"path {path!r} in a volume", why)


def _check_size(volume: Declaration, size: Quantity, field: str = "size") -> None:
    if quantity(size) <= 0:
        raise volume.refuse(field, f"is {str(size)!r}", "write more than 0: '1Gi'")
    volume.check_bytes(field, size)


def _paths(source: Projection) -> list[str]:
    match source:
        case BoundToken():
            return [source.path]
        case PodFields():
            return list(source.items)
        case _:
            return list(source.items.values())
