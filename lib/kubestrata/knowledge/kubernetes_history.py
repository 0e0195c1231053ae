"""Minor versions of Kubernetes that have a kind or a field, from its OpenAPI files.

The table has names and numbers only, of the versions `oldest` to `newest`. What all of them have is
not in it, except kinds. `python -m kubestrata.knowledge.kubernetes_openapi FOLDER` writes it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

TABLE = Path(__file__).parent / "kubernetes_history.json"


def type_name(definition: str) -> str:
    """Return `core.v1.Pod` for `io.k8s.api.core.v1.Pod`, a definition of the OpenAPI files."""
    return ".".join(definition.split(".")[-3:])


class VersionSpan(msgspec.Struct, frozen=True, array_like=True):
    """The first minor version that has a name, and the first one that has it no more.

    `since` is 0 for what the oldest version of the table has, `until` for what the newest has. An
    `alpha` field has a feature gate that is off in its first version, by its description there.
    """

    since: int = 0
    until: int = 0
    alpha: bool = False

    def has(self, minor: int) -> bool:
        """Return True if a minor version has the name."""
        return self.since <= minor and not 0 < self.until <= minor


class KubernetesHistory(msgspec.Struct, frozen=True):
    """Kinds (`apps/v1 Deployment`), and fields by type (`core.v1.PodSpec`)."""

    oldest: int
    newest: int
    kinds: dict[str, VersionSpan]
    fields: dict[str, dict[str, VersionSpan]]

    def knows(self, minor: int) -> bool:
        """Return True if the table was made from a minor version too."""
        return self.oldest <= minor <= self.newest

    def kind(self, api_version: str, kind: str) -> VersionSpan | None:
        """Return the versions that serve a kind, None if no version of the table does."""
        return self.kinds.get(f"{api_version} {kind}")

    def served(self, group: str, kind: str, minor: int) -> list[str]:
        """Return the versions of a group in which a minor version serves a kind, newest first."""
        found: list[str] = []
        for name, span in self.kinds.items():
            api_version, _, of = name.partition(" ")
            own, _, version = api_version.rpartition("/")
            if (own, of) == (group, kind) and span.has(minor):
                found.append(version)
        return found[::-1]

    def field(self, type_name: str, field: str) -> VersionSpan | None:
        """Return the versions that have a field, None if all or none of the table have it."""
        return self.fields.get(type_name, {}).get(field)


@cache
def kubernetes_history() -> KubernetesHistory:
    """Return the table of this package."""
    return msgspec.json.decode(TABLE.read_bytes(), type=KubernetesHistory)


def history_text(history: KubernetesHistory) -> bytes:
    """Return the content of the table's file: one line per kind or type."""
    encode = msgspec.json.encode
    parts = (
        b'"%s":{\n%s\n}'
        % (name, b",\n".join(b"%s:%s" % (encode(key), encode(each)) for key, each in rows))
        for name, rows in ((b"kinds", history.kinds.items()), (b"fields", history.fields.items()))
    )
    head = b'{"oldest":%d,"newest":%d' % (history.oldest, history.newest)
    return b",\n".join((head, *parts)) + b"\n}\n"
