"""What runs in the pods: its ports, settings, files, probes and resources.

Nothing here says how pods are hardened: that is one place, `pod.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec
from msgspec import Meta

from kubestrata.constructs.secret import SecretKey
from kubestrata.constructs.workload.container_check import (
    check_paths,
    check_ports,
    check_variables,
)
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import shown
from kubestrata.core.value.quantity import Quantity

HTTP = "http"
"""The name of the port that Service, route and probes use."""

PortNumber: TypeAlias = Annotated[int, Meta(ge=1, le=65535)]


class SecretValue(Declaration, kw_only=True):
    """One key of a Secret in the workload's namespace."""

    secret: Annotated[str, Meta(description="The Secret's name.")]
    key: Annotated[str, Meta(description="Its key.")]


class StoreValue(Declaration, kw_only=True):
    """One value of the cluster's secret store; a Secret is made of it."""

    path: Annotated[str, Meta(description="The entry of the store.")]
    property: Annotated[
        str | None, Meta(description="The field of the entry; all of it unless given.")
    ] = None


# Python hands over keys of Secrets and files; JSON has their names and texts.
if TYPE_CHECKING:
    EnvValue: TypeAlias = str | SecretKey
    FileText: TypeAlias = str | Path | SecretKey
else:
    EnvValue = FileText = str


class Probes(Declaration, kw_only=True):
    """How the kubelet asks; null asks only whether the port accepts connections."""

    liveness: Annotated[
        str | None, Meta(description="Path that fails when only a restart helps.")
    ] = "/healthz"
    readiness: Annotated[
        str | None, Meta(description="Path that fails while no requests should come.")
    ] = "/readyz"
    startup_seconds: (
        Annotated[
            int, Meta(ge=1, description="How long the start may take before liveness counts.")
        ]
        | None
    ) = None


class Resources(Declaration, kw_only=True):
    """What the container asks for; memory is request and limit at once."""

    cpu: Annotated[Quantity, Meta(description="Request; CPU has no limit.")] = Quantity("50m")
    memory: Annotated[Quantity, Meta(description="Request and limit.")] = Quantity("128Mi")
    ephemeral_storage: Annotated[
        Quantity, Meta(description="Limit of logs and writable paths on the node's disk.")
    ] = Quantity("256Mi")


class Container(Declaration, kw_only=True):
    """The container of every pod.

    In Python a value of `env` may be a key of a Secret, and a value of `files` a key of a Secret
    or a `Path` whose text is read; keys end up in `env_from_secrets` and `files_from_secrets`.
    Values of `config` and `files` go into ConfigMaps whose names change with the content, so that
    pods restart with it.
    """

    port: Annotated[PortNumber, Meta(description="Where it listens for HTTP.")] = 8080
    ports: Annotated[Mapping[str, PortNumber], Meta(description="Further ports by name.")] = {}
    command: Annotated[Sequence[str], Meta(description="In place of the image's entry point.")] = ()
    args: Annotated[Sequence[str], Meta(description="In place of the image's arguments.")] = ()
    env: Annotated[Mapping[str, EnvValue], Meta(description="Variables with plain values.")] = {}
    env_from_secrets: Annotated[
        Mapping[str, SecretValue], Meta(description="Variables out of Secrets.")
    ] = {}
    env_from_store: Annotated[
        Mapping[str, StoreValue], Meta(description="Variables out of the secret store.")
    ] = {}
    config: Annotated[Mapping[str, str], Meta(description="Variables from a ConfigMap.")] = {}
    files: Annotated[Mapping[str, FileText], Meta(description="Read-only files by path.")] = {}
    files_from_secrets: Annotated[
        Mapping[str, SecretValue], Meta(description="Read-only files out of Secrets, by path.")
    ] = {}
    writable: Annotated[
        Mapping[str, Quantity],
        Meta(description="Writable folders by path, with their size limit: /tmp for example."),
    ] = {}
    probes: Annotated[Probes | None, Meta(description="The cluster's default unless given.")] = None
    resources: Annotated[
        Resources | None, Meta(description="The cluster's default unless given.")
    ] = None

    def __post_init__(self) -> None:
        env, keys = _apart(self.env, self.env_from_secrets)
        files, file_keys = _apart(
            {path: _read(content) for path, content in self.files.items()}, self.files_from_secrets
        )
        msgspec.structs.force_setattr(self, "env", env)
        msgspec.structs.force_setattr(self, "env_from_secrets", keys)
        msgspec.structs.force_setattr(self, "files", files)
        msgspec.structs.force_setattr(self, "files_from_secrets", file_keys)
        super().__post_init__()
        _check_once("variable", env, keys, self.env_from_store, self.config)
        _check_once("path", files, file_keys, self.writable)
        check_paths([*files, *file_keys, *self.writable])
        check_variables([*env, *keys, *self.env_from_store, *self.config])
        check_ports(self.port_numbers, self.ports, HTTP)

    @property
    def variables(self) -> dict[str, str]:
        """The plain values of `env`."""
        return {name: value for name, value in self.env.items() if isinstance(value, str)}

    @property
    def texts(self) -> dict[str, str]:
        """The plain texts of `files`."""
        return {path: text for path, text in self.files.items() if isinstance(text, str)}

    @property
    def port_numbers(self) -> dict[str, int]:
        """Every port by name, the main one first."""
        return {HTTP: self.port, **self.ports}


def _read(content: str | Path | SecretKey) -> str | SecretKey:
    return content if isinstance(content, SecretKey) else read_text(content)


def _apart(
    values: Mapping[str, str | SecretKey], keys: Mapping[str, SecretValue]
) -> tuple[dict[str, str], dict[str, SecretValue]]:
    plain = {name: value for name, value in values.items() if not isinstance(value, SecretKey)}
    found = {
        name: SecretValue(secret=value.name, key=value.key)
        for name, value in values.items()
        if isinstance(value, SecretKey)
    }
    return plain, {**found, **keys}


def read_text(content: str | Path) -> str:
    """The text of a file, or the text itself; raises InvalidValue for what cannot be read."""
    if not isinstance(content, Path):
        return content
    try:
        return content.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue(f"file {shown(str(content))!r}", str(error)) from error


def _check_once(what: str, *names: Mapping[str, object]) -> None:
    counted = Counter(name for each in names for name in each)
    for name, count in counted.items():
        if count > 1:
            why = f"is given {count} times"
            raise InvalidValue(f"{what} {name!r}", why, "give it once")
