"""Names in a package of custom kinds that depend on the groups in it.

Two kinds may want one name. Then neither gets it, and each is reached by a longer one: a source
that is added can make a name ambiguous, but never gives it to another kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TypeAlias

from kubestrata.bindings.kind.custom_kind import CustomKind
from kubestrata.bindings.shape.name import class_name, group_package, kind_module, module_name
from kubestrata.bindings.shape.struct_name import distinct

SHARED = "shared"
KindKey: TypeAlias = tuple[str, str]
"""The group and the name of a kind."""
_VERSION = re.compile(r"v\d+((alpha|beta)\d+)?\Z")
_OTHER = "version_"


def version_folder(version: str) -> str:
    """Return the folder of a version, a name that no group has: `v1beta1`, `version_stable`."""
    name = module_name(version)
    return name if _VERSION.match(name) else f"{_OTHER}{name}"


def _is_folder(name: str) -> bool:
    return bool(_VERSION.match(name)) or name.startswith(_OTHER)


def _prefixes(group: str) -> Iterator[str]:
    """Yield `compute`, `compute_gcp`, ... for compute.gcp.upbound.io, the whole name last."""
    labels = group.split(".")
    for end in range(1, len(labels) + 1):
        yield group_package(".".join(labels[:end]))
    yield group_package(group.replace(".", ".."))


def group_labels(kinds: Sequence[CustomKind]) -> dict[str, str]:
    """Return the sub-package of each group: its first label, or as many as make it unique.

    A package of one group has none.
    """
    taken = {class_name(kind.kind) for kind in kinds}
    candidates = {
        group: [name for name in _prefixes(group) if not _is_folder(name)]
        for group in sorted({kind.group for kind in kinds})
    }
    return distinct(candidates, taken) if len(candidates) > 1 else {}


def kind_modules(kinds: Sequence[CustomKind], labels: Mapping[str, str]) -> dict[KindKey, str]:
    """Return the module of each kind in the folder of a version."""
    taken = {SHARED, *(class_name(kind.kind) for kind in kinds)}

    def candidates(kind: CustomKind) -> list[str]:
        name, plural = kind_module(kind.kind), module_name(kind.plural)
        label = labels.get(kind.group, group_package(kind.group))
        digest = sha256(f"{kind.group}/{kind.kind}".encode()).hexdigest()[:8]
        longer = (f"{label}_{name}", f"{label}_{plural}", f"{name}_{digest}")
        return [name, f"{name}_kind", *longer]

    return distinct({(kind.group, kind.kind): candidates(kind) for kind in kinds}, taken)
