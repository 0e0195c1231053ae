"""Container of a workload: ports, configuration, files, mounts, probes and resources.

Hardening of pods is in `pod.py` only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.constructs.secret import SecretKey
from kubestrata.constructs.workload.exception import ContainerException
from kubestrata.constructs.workload.lifecycle import Lifecycle
from kubestrata.constructs.workload.port import (
    HTTP,
    PortNumber,
    ProtocolPort,
    as_port,
    check_ports,
)
from kubestrata.constructs.workload.probe import Probe, Probes
from kubestrata.constructs.workload.resources import Resources
from kubestrata.constructs.workload.value_source import (
    ConfigMapValue,
    EnvironmentSource,
    SecretValue,
    StoreEntry,
    StoreValue,
    Telemetry,
)
from kubestrata.constructs.workload.volume import Mount
from kubestrata.core.argument import require
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import shown
from kubestrata.core.project_file import read_project_file
from kubestrata.core.value.quantity import Quantity


class Container(Declaration, kw_only=True):
    """A container of a pod.

    A `port` is where it listens for HTTP; None is for workers and other protocols, whose ports are
    in `ports` by name. A value of `env` may be a key of a Secret, and a value of `files` a key of a
    Secret or a `Path` whose text is read; `env_from_secrets` and `files_from_secrets` take keys by
    name. Values of `config` and `files` go into ConfigMaps named by a hash of the content, so pods
    restart when it changes. `env_from_fields` are fields of the pod, such as `status.podIP`.
    `secrets_from_store` are Secrets by name, which `env_from` may read.

    `mounts` are volumes of the pod by path. Files are written to these and to `writable` folders
    only, unless `writable_root`; `service_account_token` mounts the token for the API server.
    `exceptions` loosen the hardening, each with its reason.
    """

    port: Annotated[PortNumber | None, Meta(description="Where it listens for HTTP.")] = 8080
    ports: Annotated[
        Mapping[str, PortNumber | ProtocolPort], Meta(description="Further ports by name.")
    ] = {}
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
    env_from_resources: Annotated[
        Mapping[str, str], Meta(description="Variables out of requests and limits: limits.memory.")
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
    mounts: Annotated[
        Mapping[str, str | Mount], Meta(description="Volumes of the pod, by path.")
    ] = {}
    working_folder: str | None = None
    user: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    lifecycle: Lifecycle | None = None
    exceptions: Sequence[ContainerException] = ()
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
        for exception in self.exceptions:
            fix = "use ContainerException.privileged(...) or others"
            require("exception of a container", exception, ContainerException, fix=fix)
        self.check_fields(without=("env", "files"))
        variables, files = self.variables, self.texts
        self.check_value("env", variables, Mapping[str, str])
        self.check_value("files", files, Mapping[str, str])
        keys, paths = self.secret_variables, self.secret_files
        taken = (
            self.env_from_store,
            self.env_from_config_maps,
            self.env_from_fields,
            self.env_from_resources,
            self.config,
        )
        for size in self.writable.values():
            self.check_bytes("writable", size)
        _check_once("variable", variables, keys, *taken)
        _check_once("path", files, paths, self.writable, self.mounts)
        check_paths([*files, *paths, *self.writable, *self.mounts])
        _check_no_nul(variables, self.config, self.command, self.args)
        check_variables([*variables, *keys, *(name for each in taken for name in each)])
        check_ports(self.all_ports, self.ports, self.main_port)
        self._check_fields_and_resources()
        self._check_exceptions()
        self._check_port_names()

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
    def main_port(self) -> str | None:
        """Return the name of the HTTP port; None without one."""
        return HTTP if self.port is not None else None

    @property
    def all_ports(self) -> dict[str, ProtocolPort]:
        """Return every port by name, the main one first."""
        main = {HTTP: ProtocolPort(number=self.port)} if self.port is not None else {}
        return {**main, **{name: as_port(port) for name, port in self.ports.items()}}

    @property
    def port_numbers(self) -> dict[str, int]:
        """Return the number of every port by name, the main one first."""
        return {name: port.number for name, port in self.all_ports.items()}

    @property
    def probed_port(self) -> str | None:
        """Return the name of the port of probes that name none: the first TCP port."""
        tcp = (name for name, port in self.all_ports.items() if port.protocol == "TCP")
        return next(tcp, None)

    @property
    def is_root(self) -> bool:
        """Return True if the container runs as root."""
        return any(each.freedom == "root" for each in self.exceptions)

    @property
    def probe_list(self) -> list[Probe]:
        """Return the declared probes."""
        if self.probes is None:
            return []
        return [self.probes.liveness_probe, self.probes.readiness_probe]

    def _check_fields_and_resources(self) -> None:
        for name, field in self.env_from_fields.items():
            if not _FIELD.match(field):
                why = f"{field!r} of {name!r} is not a field of a pod that a variable can have"
                fix = "write metadata.name, status.podIP, metadata.labels['key'] or the like"
                raise self.refuse("env_from_fields", why, fix)
        for name, resource in self.env_from_resources.items():
            if not _RESOURCE.match(resource):
                why = f"{resource!r} of {name!r} is not a resource of a container"
                fix = "write limits or requests, '.', and cpu, memory or ephemeral-storage"
                raise self.refuse("env_from_resources", why, fix)

    def _check_exceptions(self) -> None:
        kinds = [each.freedom for each in self.exceptions]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise self.refuse("exceptions", f"has {kind!r} twice", "keep one")
        if self.user is not None and "root" in kinds:
            raise self.refuse("user", "is set beside the exception root_user", "keep one")
        if self.writable_root and "writable-root" in kinds:
            why = "is set beside the exception writable_root"
            raise self.refuse("writable_root", why, "keep the exception")

    def _check_port_names(self) -> None:
        """Raise InvalidValue for a probe or hook of a port that the container lacks."""
        named = [(probe.port, _needs_port(probe)) for probe in self.probe_list]
        if self.lifecycle is not None:
            hooks = (self.lifecycle.post_start, self.lifecycle.pre_stop)
            named += [(hook.port, hook.path is not None) for hook in hooks if hook is not None]
        for name, needed in named:
            if name is not None and name not in self.all_ports:
                known = ", ".join(self.all_ports) or "none"
                why = (
                    f"{name!r} of a probe or hook is not a port of the container, which has {known}"
                )
                raise self.refuse("ports", why, "add it to ports")
            if name is not None and self.all_ports[name].protocol != "TCP":
                why = f"{name!r} of a probe or hook is not a TCP port"
                raise self.refuse("ports", why, "name a TCP port")
            if needed and name is None and self.probed_port is None:
                why = "has no TCP port, but a probe or hook needs one"
                raise self.refuse("ports", why, "add a port, or use a command: Probe.exec(...)")


def _keys(values: Mapping[str, str | Path | SecretKey]) -> dict[str, SecretValue]:
    return {
        name: SecretValue(secret=value.name, key=value.key)
        for name, value in values.items()
        if isinstance(value, SecretKey)
    }


def _needs_port(probe: Probe) -> bool:
    return not probe.disabled and not probe.command


def read_text(content: str | Path) -> str:
    """Return the text of a file, or the text itself; raises InvalidValue for unreadable files."""
    if not isinstance(content, Path):
        return content
    try:
        return read_project_file(content).decode()
    except OSError as error:
        why = f"cannot be read: {error.strerror or type(error).__name__}"
        raise InvalidValue(f"file {shown(str(content))!r}", why) from error
    except UnicodeDecodeError:
        raise InvalidValue(f"file {shown(str(content))!r}", "is not UTF-8 text") from None


def _check_once(what: str, *names: Mapping[str, object]) -> None:
    counted = Counter(name for each in names for name in each)
    for name, count in counted.items():
        if count > 1:
            why = f"is set {count} times"
            raise InvalidValue(f"{what} {name!r}", why, "set it once")


# Source: core validateObjectFieldSelector, validEnvDownwardAPIFieldPathExpressions.
_FIELD = re.compile(
    r"(metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['[^']+'\]"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))\Z"
)
_RESOURCE = re.compile(r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-\w+)\Z")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")


def check_variables(names: Iterable[str]) -> None:
    """Raise InvalidValue for an invalid name of an environment variable."""
    for name in names:
        if not _VARIABLE.match(name):
            why = (
                "is not a valid variable name: must be letters, digits, '-', '_' and '.', "
                "without a digit first"
            )
            raise InvalidValue(f"variable {name!r}", why)


def _check_no_nul(
    variables: Mapping[str, str],
    config: Mapping[str, str],
    command: Sequence[str],
    args: Sequence[str],
) -> None:
    """Raise InvalidValue for text that no process can be started with (source: execve)."""
    given = {f"variable {name!r}": text for name, text in {**config, **variables}.items()}
    given |= {f"command[{at}]": text for at, text in enumerate(command)}
    given |= {f"args[{at}]": text for at, text in enumerate(args)}
    for what, text in given.items():
        if "\0" in text:
            why = "contains a NUL character, which ends the text for the process"
            raise InvalidValue(what, why, "remove it, or put binary data into a file")


def check_paths(paths: Iterable[str]) -> None:
    """Raise InvalidValue for a path where nothing can be mounted."""
    taken: dict[PurePosixPath, str] = {}
    for path in paths:
        parts = PurePosixPath(path)
        if not path.startswith("/") or ":" in path:
            raise InvalidValue(f"path {path!r}", "is not valid: must be absolute, without ':'")
        if ".." in parts.parts or len(parts.parts) == 1:
            why = "is the root directory, or contains '..'"
            raise InvalidValue(f"path {path!r}", why, "write the plain path")
        if parts.parts[1] == "proc":
            why = "is in /proc, where container runtimes mount nothing else"
            raise InvalidValue(f"path {path!r}", why, "choose another path")
        if (other := taken.setdefault(parts, path)) != path:
            raise InvalidValue(f"path {path!r}", f"is the same as {other!r}", "keep one")
