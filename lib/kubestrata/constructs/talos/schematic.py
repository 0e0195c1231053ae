"""Image Factory schematics: what a Talos image contains beyond the default, and its id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import field

from kubestrata.constructs.talos.platform_network import PlatformNetwork
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue, YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.yaml_read import load_all

_EXTENSION = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9.-]*")
_ARGUMENT = re.compile(r"-?[A-Za-z][A-Za-z0-9_.-]*(=\S*)?")
_INSTALLER = re.compile(r"[a-z0-9-]*installer(-secureboot)?")
_PLAIN = re.compile(r"[-]?[A-Za-z0-9/][A-Za-z0-9_./=,:+-]*(?<!:)")
_VERSION = re.compile(r"v1\.\d+\.\d+")
_LAST_KEY = 255
_NETWORK_KEY = 10
HOST = "factory.talos.dev"


class Schematic(Frozen, dict=True):
    """The customization of an image: extensions, kernel arguments, initial META values.

    `extensions` are names such as `siderolabs/iscsi-tools`, kept in the given order, like
    `kernel_arguments`: the order is part of the id. `meta` are values by their key; `network` is
    the one with key 10. The id is that of Image Factory: the SHA-256 of the text.
    """

    extensions: Sequence[str] = ()
    kernel_arguments: Sequence[str] = ()
    meta: Mapping[int, str] = field(default_factory=dict[int, str])
    network: PlatformNetwork | None = None

    def __post_init__(self) -> None:
        for each in self.extensions:
            _check(each, _EXTENSION, "extension", "must be owner/name, such as siderolabs/nfsd")
        for each in self.kernel_arguments:
            why = "must be a name, '-name' to remove one, or name=value without blanks"
            _check(each, _ARGUMENT, "kernel argument", why)
        for what, names in (("extension", self.extensions), ("argument", self.kernel_arguments)):
            twice = next((each for each in names if list(names).count(each) > 1), None)
            if twice is not None:
                raise InvalidValue(f"{what} {twice!r}", "is in the schematic twice", "list it once")
        for key in self.meta:
            if not 0 <= require("key of meta", key, int) <= _LAST_KEY:
                raise InvalidValue(f"key {key} of meta", f"must be from 0 to {_LAST_KEY}")
        if self.network is not None and _NETWORK_KEY in self.meta:
            why = f"is set by network= and by meta={{{_NETWORK_KEY}: ...}}"
            raise InvalidValue(f"META key {_NETWORK_KEY}", why, "set one of the two")
        _ = self.text  # raises for a value that cannot be written

    @cached_property
    def text(self) -> str:
        """The schematic as Image Factory writes and hashes it."""
        lines: list[str] = []
        if self.kernel_arguments:
            lines.append("    extraKernelArgs:")
            lines += [f"        - {_scalar(each, 0)}" for each in self.kernel_arguments]
        meta = dict(self.meta)
        if self.network is not None:
            meta[_NETWORK_KEY] = self.network.text
        if meta:
            lines.append("    meta:")
            for key in sorted(meta):
                lines.append(f"        - key: {key}")
                lines.append(f"          value: {_scalar(meta[key], 12)}")
        if self.extensions:
            lines += ["    systemExtensions:", "        officialExtensions:"]
            lines += [f"            - {_scalar(each, 0)}" for each in self.extensions]
        return "\n".join(("customization:", *lines, "")) if lines else "customization: {}\n"

    @cached_property
    def id(self) -> str:
        """The id by which Image Factory serves the images."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def image(self, version: str, installer: str = "metal-installer") -> str:
        """Return the installer image of a Talos version, for `machine.install.image`.

        `installer` is `installer` before Talos 1.10, `metal-installer` since, and
        `installer-secureboot` or `metal-installer-secureboot` for Secure Boot.
        """
        check_version(version)
        _check(installer, _INSTALLER, "installer", "must be installer or PLATFORM-installer")
        return f"{HOST}/{installer}/{self.id}:{version}"


def check_version(version: object) -> None:
    """Raise InvalidValue unless a version of Talos is complete, with its leading `v`."""
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise InvalidValue(f"Talos version {version!r}", "must be a full version such as v1.11.2")


def _check(value: object, pattern: re.Pattern[str], what: str, why: str) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidValue(f"{what} {value!r}", why)


def _scalar(value: str, indent: int) -> str:
    """Return a text in the style that Image Factory chooses for it.

    Raises InvalidValue for a text of which the style is not certain.
    """
    if "\n" not in value and _PLAIN.fullmatch(value) and _is_text(value):
        return value
    lines = value.removesuffix("\n").split("\n")
    is_block = "\n" in value and not value.endswith("\n\n") and not value.startswith((" ", "\n"))
    if indent and is_block and all(_is_block_line(each) for each in lines):
        hint = "|" if value.endswith("\n") else "|-"
        return "\n".join((hint, *(" " * indent + each if each else "" for each in lines)))
    why = "cannot be written as Image Factory hashes it: must be one plain word, or lines of ASCII"
    raise InvalidValue(f"{value[:40]!r} of a Schematic", f"{why} without blanks at their ends")


def _is_block_line(line: str) -> bool:
    return line.isascii() and line.isprintable() and not line.endswith(" ")


def _is_text(value: str) -> bool:
    """Return True if readers of YAML take a plain scalar for text."""
    try:
        return isinstance(load_all(value, "")[0], str) and value.lower() not in _OLD_BOOLEANS
    except YamlSyntaxError:
        return False


_OLD_BOOLEANS = frozenset({"y", "n", "yes", "no", "on", "off"})
