"""Limits of the content of a ConfigMap, reported where it is declared.

Source: apimachinery, IsConfigMapKey; kubectl, its annotation last-applied-configuration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kubestrata.core.errors import InvalidValue
from kubestrata.core.server_limit import MOST_ANNOTATION_BYTES, MOST_CONFIG_BYTES

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_LONGEST_KEY = 253
_SHOWN = 3
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED = ("<", ">", "&", "\u2028", "\u2029")


def check_keys(entries: Mapping[str, object]) -> None:
    """Raise InvalidValue for a key that is not valid in a ConfigMap."""
    for key in entries:
        what = f"key {key[:80]!r}"
        if len(key) > _LONGEST_KEY:
            raise InvalidValue(what, f"has {len(key)} characters; at most {_LONGEST_KEY} are valid")
        if not _KEY.match(key) or key == "." or key.startswith(".."):
            why = "is not valid: must be letters, digits, '-', '_' and '.', not beginning with '..'"
            spelled = re.sub(r"[^-._a-zA-Z0-9]+", "-", key).lstrip(".").strip("-")
            raise InvalidValue(what, why, f"write {spelled!r}" if spelled else None)


def size_of(value: str | bytes) -> int:
    """Return the number of bytes of a value, of which half a character has as many as another."""
    return len(value.encode(errors="surrogatepass") if isinstance(value, str) else value)


def check_size(name: str, entries: Mapping[str, str | bytes]) -> None:
    """Raise InvalidValue for values that are not text, or more than the API server accepts."""
    for key, value in entries.items():
        if isinstance(value, str) and (half := _HALF.search(value)):
            why = f"has half of a character at {half.start()}, which is not text"
            raise InvalidValue(f"{key!r} of ConfigMap {name!r}", why, "write bytes, or remove it")
    sizes = {key: size_of(value) for key, value in entries.items()}
    total = sum(sizes.values())
    if total <= MOST_CONFIG_BYTES:
        return
    largest = sorted(sizes, key=lambda key: (-sizes[key], key))[:_SHOWN]
    shown = ", ".join(f"{key} {sizes[key]}" for key in largest)
    fix = "put the files into several ConfigMaps, or into an image or a bucket"
    if len(entries) == 1:
        fix = "split the file, or put it into an image or a bucket"
    why = f"has {total} bytes ({shown}); the API server accepts {MOST_CONFIG_BYTES}"
    raise InvalidValue(f"ConfigMap {name!r}", why, fix)


def check_annotation(name: str, manifest: Mapping[str, Any]) -> None:
    """Raise InvalidValue if kubectl could not keep its copy of the object in an annotation."""
    metadata: dict[str, Any] = dict(manifest["metadata"])
    annotations: dict[str, str] = metadata.get("annotations") or {}
    copied = {**manifest, "metadata": {**metadata, "annotations": annotations}}
    text = json.dumps(copied, separators=(",", ":"), ensure_ascii=False) + "\n"
    # JSON of Go escapes these characters.
    size = len(text.encode()) + sum(
        text.count(each) * (6 - len(each.encode())) for each in _ESCAPED
    )
    size += sum(len(key) + size_of(value) for key, value in annotations.items())
    size += len(_LAST_APPLIED)
    if size > MOST_ANNOTATION_BYTES:
        why = (
            f"needs {size} bytes of annotations if it is applied by the client; the API server "
            f"accepts {MOST_ANNOTATION_BYTES}"
        )
        fix = "apply it with --server-side, as Flux does, or split it"
        raise InvalidValue(f"ConfigMap {name!r}", why, fix)
