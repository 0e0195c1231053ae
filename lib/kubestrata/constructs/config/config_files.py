"""A ConfigMap made of files."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import msgspec

from kubeapis import k8s
from kubestrata.constructs.config.config_limit import check_annotation, check_keys, check_size
from kubestrata.constructs.config.config_reference import ConfigKey, ConfigReference
from kubestrata.constructs.config.file_content import FileContent, refuse_secrets
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct

_DIGITS = 10

Naming = Literal["hashed", "stable"]
Apply = Literal["server-side", "client-side"]


class ConfigFiles(Construct):
    """One ConfigMap with the files of `content` as its keys.

    A `hashed` name ends with a hash of the content, and the object is immutable: new content is a
    new object, and restarts the pods that name it. A `stable` name is for consumers that watch the
    object, or that name it by text. `metadata` has another name than `id`, labels and annotations.
    With `apply="client-side"` the copy that `kubectl apply` makes must fit too; Flux makes none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        content: Sequence[FileContent],
        naming: Naming = "hashed",
        metadata: k8s.ObjectMeta | None = None,
        apply: Apply = "server-side",
    ) -> None:
        super().__init__(scope, f"{id}-files")
        entries = _entries(id, content)
        _require_literal("naming", naming, get_args(Naming))
        _require_literal("apply", apply, get_args(Apply))
        refuse_secrets(entries)
        component = component_of(scope)
        for each in content:
            for reference in each.references:
                component.needs(reference)
        name = (metadata.name if metadata is not None else None) or id
        self.resource = create_config_map(self, id, name, entries, naming=naming, metadata=metadata)
        self.reference = ConfigReference(self.resource.ref, frozenset(entries))
        if apply == "client-side":
            check_annotation(name, self.resource.body)

    def key(self, name: str) -> ConfigKey:
        """Return one key; raises InvalidReference if there is none of the name."""
        return self.reference.key(name)


def _require_literal(what: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise InvalidValue(f"{what}={value!r}", f"must be {' or '.join(map(repr, known))}")


def _entries(id: str, content: Sequence[FileContent]) -> dict[str, str | bytes]:
    found: dict[str, str | bytes] = {}
    require(f"content of {id!r}", content, list, tuple, fix="write content=[...]")
    for each in content:
        require(f"content of {id!r}", each, FileContent, fix="write FileContent.file(...)")
        for key, value in each.entries.items():
            if key in found:
                fix = "pass key= for one of the two, or put them into two ConfigMaps"
                raise InvalidValue(f"key {key!r} of {id!r}", "comes from two files", fix)
            found[key] = value
    if not found:
        raise InvalidValue(f"content of {id!r}", "is empty", "pass FileContent.text(...)")
    return found


def create_config_map(
    scope: Construct,
    id: str,
    name: str,
    entries: Mapping[str, str | bytes],
    *,
    naming: Naming,
    metadata: k8s.ObjectMeta | None = None,
) -> k8s.ConfigMap:
    """Create a ConfigMap within the limits of the API server; raises InvalidValue beyond."""
    check_keys(entries)
    check_size(name, entries)
    texts = {key: each for key, each in entries.items() if isinstance(each, str)}
    encoded = {
        key: base64.b64encode(each).decode()
        for key, each in entries.items()
        if not isinstance(each, str)
    }
    hashed = naming == "hashed"
    full = f"{name}-{_digest(texts, encoded)}" if hashed else name
    if metadata is not None or full != id:
        metadata = msgspec.structs.replace(metadata or k8s.ObjectMeta(), name=full)
    return k8s.ConfigMap(
        scope,
        id,
        metadata=metadata,
        data=texts or None,
        binary_data=encoded or None,
        immutable=True if hashed else None,
    )


def _digest(texts: Mapping[str, str], encoded: Mapping[str, str]) -> str:
    """Return a hash of the content; references count by their names."""
    plain = {key: str.__str__(text) for key, text in texts.items()}
    content = json.dumps(plain, sort_keys=True)
    if encoded:
        content += json.dumps(dict(encoded), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]
