"""Container of a workload: ports, configuration, files, probes and resources.

Hardening of pods is in `pod.py` only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from kubestrata.constructs.secret import SecretKey
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import shown
from kubestrata.core.value.duration import Duration
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


class ConfigMapValue(Declaration, kw_only=True):
    """One key of a ConfigMap in the workload's namespace."""

    config_map: str
    key: str


class StoreEntry(Declaration, kw_only=True):
    """A whole entry of the cluster's secret store, as a Secret with the entry's fields as keys."""

    path: Annotated[str, Meta(min_length=1)]
    refresh: Duration = Duration("1h")


class EnvironmentSource(Declaration, kw_only=True):
    """All keys of a Secret or a ConfigMap as variables, whose names begin with `prefix`.

    Pods wait for the object unless it is `optional`. Raises InvalidValue for both or neither.
    """

    secret: str | None = None
    config_map: str | None = None
    prefix: str = ""
    optional: bool = False

    def __post_init__(self) -> None:
        """Reject a source of two objects, or none."""
        super().__post_init__()
        if (self.secret is None) == (self.config_map is None):
            why = "is not set" if self.secret is None else "is set beside config_map"
            raise self.refuse("secret", why, "set one of secret and config_map")


class Telemetry(Declaration, kw_only=True):
    """Variables of the OpenTelemetry SDK, for traces and metrics sent by OTLP over HTTP.

    Endpoints are URLs, by default those of the cluster's WorkloadDefaults. `sampling_rate` is the
    share of traces, 0 to 1, that begin here.
    """

    traces: bool = True
    metrics: bool = False
    traces_endpoint: str | None = None
    metrics_endpoint: str | None = None
    sampling_rate: Annotated[float, Meta(ge=0, le=1)] = 1.0

    def __post_init__(self) -> None:
        """Reject telemetry of nothing."""
        super().__post_init__()
        if not (self.traces or self.metrics):
            raise self.refuse("traces", "and metrics are off", "leave out telemetry")


class Probe(Declaration, kw_only=True):
    """An HTTP request for `path`; None only connects to the port. Times are in seconds."""

    path: str | None
    initial_delay_seconds: Annotated[int, Meta(ge=0)] = 0
    period_seconds: Annotated[int, Meta(ge=1)] = 10
    timeout_seconds: Annotated[int, Meta(ge=1)] = 1
    failure_threshold: Annotated[int, Meta(ge=1)] = 3


class Probes(Declaration, kw_only=True):
    """Probes of the main port; a path has the periods and thresholds of the library.

    `liveness` fails when only a restart helps, `readiness` while no requests should come.
    `startup_seconds` is how long the start may take before liveness counts.
    """

    liveness: str | Probe | None = "/healthz"
    readiness: str | Probe | None = "/readyz"
    startup_seconds: Annotated[int, Meta(ge=1)] | None = None

    @property
    def liveness_probe(self) -> Probe:
        """Return a probe that restarts the container, by default after two minutes."""
        if isinstance(self.liveness, Probe):
            return self.liveness
        return Probe(path=self.liveness, period_seconds=20, failure_threshold=6)

    @property
    def readiness_probe(self) -> Probe:
        """Return a probe that stops traffic, by default after half a minute."""
        if isinstance(self.readiness, Probe):
            return self.readiness
        return Probe(path=self.readiness, period_seconds=10, failure_threshold=3)


class Resources(Declaration, kw_only=True):
    """Requests and limits: CPU has no limit, and memory that of the request, unless given.

    `ephemeral_storage` limits logs and writable paths on the node's disk.
    """

    cpu: Quantity = Quantity("50m")
    memory: Quantity = Quantity("128Mi")
    cpu_limit: Quantity | None = None
    memory_limit: Quantity | None = None
    ephemeral_storage: Quantity = Quantity("256Mi")


class Container(Declaration, kw_only=True):
    """The container of every pod.

    A value of `env` may be a key of a Secret, and a value of `files` a key of a Secret or a `Path`
    whose text is read; `env_from_secrets` and `files_from_secrets` take keys by name. Values of
    `config` and `files` go into ConfigMaps named by a hash of the content, so pods restart when it
    changes. `env_from_fields` are fields of the pod, such as `status.podIP`. `secrets_from_store`
    are Secrets by name, which `env_from` may read.

    Files are written to `writable` folders only, unless `writable_root`; `service_account_token`
    mounts the token for the API server.
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
    env_from_config_maps: Annotated[
        Mapping[str, ConfigMapValue], Meta(description="Variables out of ConfigMaps.")
    ] = {}
    env_from_fields: Annotated[
        Mapping[str, str], Meta(description="Variables out of fields of the pod.")
    ] = {}
    env_from: Annotated[
        Sequence[EnvironmentSource], Meta(description="All keys of Secrets and ConfigMaps.")
    ] = ()
    secrets_from_store: Annotated[
        Mapping[str, StoreEntry], Meta(description="Secrets of whole entries of the store.")
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
    pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    writable_root: bool = False
    service_account_token: bool = False
    telemetry: Telemetry | None = None
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
        taken = (self.env_from_store, self.env_from_config_maps, self.env_from_fields, self.config)
        _check_once("variable", variables, keys, *taken)
        _check_once("path", files, paths, self.writable)
        check_paths([*files, *paths, *self.writable])
        check_variables([*variables, *keys, *(name for each in taken for name in each)])
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
