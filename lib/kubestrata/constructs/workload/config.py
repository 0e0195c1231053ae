"""Configuration as ConfigMaps whose names change with their content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from kubeapis import k8s
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct

_DIGITS = 10


def hashed_config_map(
    scope: Construct, id: str, name: str, data: Mapping[str, str]
) -> k8s.ConfigMap:
    """One immutable ConfigMap `<name>-<hash>`: new content is a new name, so pods restart."""
    content = json.dumps({key: str.__str__(data[key]) for key in data}, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]
    metadata = k8s.ObjectMeta(name=f"{name}-{digest}")
    return k8s.ConfigMap(scope, id, metadata=metadata, data=data, immutable=True)


def file_keys(paths: Mapping[str, str]) -> dict[str, str]:
    """Path -> the key that holds its text; raises InvalidValue where two paths have one key."""
    keys: dict[str, str] = {}
    for path in paths:
        key = re.sub(r"[^-._a-zA-Z0-9]+", "_", path.strip("/"))
        other = next((known for known, taken in keys.items() if taken == key), None)
        if other is not None:
            why = f"becomes the key {key!r}, as {other!r} does"
            raise InvalidValue(f"path {path!r}", why, "rename one of the files")
        keys[path] = key
    return keys
