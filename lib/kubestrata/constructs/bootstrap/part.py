"""Parts of a bootstrap: releases with what to wait for, Secrets, and commands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from kubestrata.constructs.talos import SecretUri
from kubestrata.core.argument import require
from kubestrata.core.cluster import Component
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject
from kubestrata.core.names import check_subdomain
from kubestrata.core.reference import Reference
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts

_TIMEOUT = Duration("10m")
_RESOURCE = re.compile(r"[a-z][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)?\Z", re.ASCII)


class Wait(Frozen):
    """Objects that must have a condition before the bootstrap goes on.

    `resource` is a kind, or a kind and a name, as for kubectl: `nodes`, `deployment/coredns`. All
    objects of a kind without a name are meant.
    """

    resource: str
    namespace: str = ""
    condition: str = "Ready"
    timeout: Duration = _TIMEOUT

    def __post_init__(self) -> None:
        check_texts(self)
        if not _RESOURCE.match(self.resource):
            fix = "write it as kubectl reads it: 'nodes', 'deployment/coredns'"
            raise InvalidValue(f"resource {self.resource!r} of a Wait", "is not a kind", fix)

    @property
    def arguments(self) -> list[str]:
        """The arguments of kubectl."""
        every = [] if "/" in self.resource else ["--all"]
        namespace = [f"--namespace={self.namespace}"] if self.namespace else []
        end = [f"--for=condition={self.condition}", f"--timeout={self.timeout}"]
        return ["wait", self.resource, *every, *namespace, *end]


class Difference(Frozen):
    """Values that a release has only during the bootstrap, with the reason.

    The delivery replaces them when it reconciles the release for the first time.
    """

    values: JsonObject
    reason: str

    def __post_init__(self) -> None:
        if not self.values or not self.reason.strip() or "\n" in self.reason:
            why = "requires values, and a reason of one line"
            raise InvalidValue("Difference", why)


class BootstrapRelease(Frozen):
    """The HelmReleases of a component, with what differs in the bootstrap."""

    component: Component
    waits: Sequence[Wait] = ()
    difference: Difference | None = None

    def __post_init__(self) -> None:
        require("component of a BootstrapRelease", self.component, Component)
        for each in self.waits:
            require("wait of a BootstrapRelease", each, Wait, fix="write Wait('nodes')")


class BootstrapSecret(Frozen):
    """A Secret that must exist before the delivery can fetch any; its values are references."""

    name: str
    namespace: Reference
    data: Mapping[str, SecretUri]

    def __post_init__(self) -> None:
        check_subdomain("name of a BootstrapSecret", self.name)
        require("namespace of a BootstrapSecret", self.namespace, Reference)
        if not self.data:
            raise InvalidValue(f"Secret {self.name!r}", "has no data")
        for key, value in self.data.items():
            fix = "write SecretUri('op://vault/item/field')"
            require(f"{key} of Secret {self.name!r}", value, SecretUri, fix=fix)

    @property
    def manifest(self) -> JsonObject:
        """The Secret, as a template of `op inject`."""
        metadata = {"name": self.name, "namespace": self.namespace.object_name}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata,
            "stringData": {key: str(value) for key, value in self.data.items()},
        }


class Command(Frozen):
    """A command of a phase, with its purpose.

    Those of the nodes run before any node is configured, those of the prerequisites after the
    namespaces exist, those of the delivery before its objects are applied.
    """

    purpose: str
    line: str
    phase: Literal["nodes", "prerequisites", "delivery"] = "delivery"

    def __post_init__(self) -> None:
        if not self.line.strip() or not self.purpose.strip() or "\n" in self.purpose:
            why = "requires a command, and a purpose of one line"
            raise InvalidValue("Command", why)
