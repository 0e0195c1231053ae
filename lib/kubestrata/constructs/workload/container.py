"""Container of a workload: ports, configuration, files, probes and resources.

Hardening of pods is in `pod.py` only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from kubestrata.constructs.secret import SecretKey
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import shown
from kubestrata.core.value.quantity import Quantity

HTTP = "http"
"""Name of the port that Service, route and probes use."""

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

    A value of `env` may be a key of a Secret, and a value of `files` a key of a Secret or a `Path`
    whose text is read; `env_from_secrets` and `files_from_secrets` take keys by name. Values of
    `config` and `files` go into ConfigMaps named by a hash of the content, so pods restart when it
    changes.
    """

    port: Annotated[PortNumber, Meta(description="Where it listens for HTTP.")] = 8080
    ports: Annotated[Mapping[str, PortNumber], Meta(description="Further ports by name.")] = {}
    command: Annotated[Sequence[str], Meta(description="In place of the image's entry point.")] = ()
    args: Annotated[Sequence[str], Meta(description="In place of the image's arguments.")] = ()
    env: Annotated[
        Mapping[str, str | SecretKey], Meta(description="Variables with plain values.")
    ] = {}
    env_from_secrets: Annotated[
        Mapping[str, SecretValue], Meta(description="Variables out of Secrets.")
    ] = {}
    env_from_store: Annotated[
        Mapping[str, StoreValue], Meta(description="Variables out of the secret store.")
    ] = {}
    config: Annotated[Mapping[str, str], Meta(description="Variables from a ConfigMap.")] = {}
    files: Annotated[
        Mapping[str, str | Path | SecretKey], Meta(description="Read-only files by path.")
    ] = {}
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
        """Check the fields, and that names, paths and ports are valid in a container."""
        self.check_fields(without=("env", "files"))
        variables, files = self.variables, self.texts
        self.check_value("env", variables, Mapping[str, str])
        self.check_value("files", files, Mapping[str, str])
        keys, paths = self.secret_variables, self.secret_files
        _check_once("variable", variables, keys, self.env_from_store, self.config)
        _check_once("path", files, paths, self.writable)
        check_paths([*files, *paths, *self.writable])
        check_variables([*variables, *keys, *self.env_from_store, *self.config])
        check_ports(self.port_numbers, self.ports, HTTP)

    @property
    def variables(self) -> dict[str, str]:
        """Return the plain values of `env`."""
        return {name: value for name, value in self.env.items() if not isinstance(value, SecretKey)}

    @property
    def secret_variables(self) -> dict[str, SecretValue]:
        """Return the variables from Secrets."""
        return {**_keys(self.env), **self.env_from_secrets}

    @property
    def texts(self) -> dict[str, str]:
        """Return the plain texts of `files`."""
        return {
            path: read_text(content)
            for path, content in self.files.items()
            if not isinstance(content, SecretKey)
        }

    @property
    def secret_files(self) -> dict[str, SecretValue]:
        """Return the files from Secrets, by path."""
        return {**_keys(self.files), **self.files_from_secrets}

    @property
    def port_numbers(self) -> dict[str, int]:
        """Return every port by name, the main one first."""
        return {HTTP: self.port, **self.ports}


class ContainerSpec(Container, kw_only=True):
    """The container of every pod.

    The JSON form: with names of Secrets and texts of files.
    """

    env: Annotated[Mapping[str, str], Meta(description="Variables with plain values.")] = {}
    files: Annotated[Mapping[str, str], Meta(description="Read-only files by path.")] = {}

    @classmethod
    def of(cls, container: Container) -> ContainerSpec:
        """Return the spec of a container."""
        fields: dict[str, Any] = msgspec.structs.asdict(container)
        fields["env"], fields["env_from_secrets"] = container.variables, container.secret_variables
        fields["files"], fields["files_from_secrets"] = container.texts, container.secret_files
        return cls(**fields)


def _keys(values: Mapping[str, str | Path | SecretKey]) -> dict[str, SecretValue]:
    return {
        name: SecretValue(secret=value.name, key=value.key)
        for name, value in values.items()
        if isinstance(value, SecretKey)
    }


def read_text(content: str | Path) -> str:
    """Return the text of a file, or the text itself; raises InvalidValue for unreadable files."""
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
            why = f"is set {count} times"
            raise InvalidValue(f"{what} {name!r}", why, "set it once")


# Source: IANA service names (RFC 6335), the format of container port names.
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*\Z")
_LONGEST_PORT = 15
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")


def check_ports(numbers: Mapping[str, int], further: Iterable[str], main: str) -> None:
    """Raise InvalidValue for an invalid or duplicate name or number of a port."""
    if main in further:
        fix = "use another name, or pass it as port="
        raise InvalidValue(f"port {main!r}", "is reserved for the main port", fix)
    seen: dict[int, str] = {}
    for name, number in numbers.items():
        if not _PORT.match(name) or len(name) > _LONGEST_PORT:
            why = (
                f"is not a valid port name: must be 1 to {_LONGEST_PORT} characters of a-z, 0-9 "
                "and '-', with at least one letter"
            )
            raise InvalidValue(f"port {name!r}", why)
        if number in seen:
            why = f"is {number}, the same as {seen[number]!r}"
            raise InvalidValue(f"port {name!r}", why, "keep one name for it")
        seen[number] = name


def check_variables(names: Iterable[str]) -> None:
    """Raise InvalidValue for an invalid name of an environment variable."""
    for name in names:
        if not _VARIABLE.match(name):
            why = (
                "is not a valid variable name: must be letters, digits, '-', '_' and '.', "
                "without a digit first"
            )
            raise InvalidValue(f"variable {name!r}", why)


def check_paths(paths: Iterable[str]) -> None:
    """Raise InvalidValue for a path where nothing can be mounted."""
    for path in paths:
        parts = PurePosixPath(path)
        if not path.startswith("/") or ":" in path:
            raise InvalidValue(f"path {path!r}", "is not valid: must be absolute, without ':'")
        if ".." in parts.parts or len(parts.parts) == 1:
            why = "is the root directory, or contains '..'"
            raise InvalidValue(f"path {path!r}", why, "write the plain path")
