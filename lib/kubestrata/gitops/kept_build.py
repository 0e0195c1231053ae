"""Results of post-renderers, kept beside the rendered charts: Kustomize runs once for the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from kubestrata.core.json_value import Manifest
from kubestrata.gitops.kubectl import Builder, kubectl
from kubestrata.helm.render_cache import RenderCache
from kubestrata.helm.store import ChartStore

_NOTE = "kustomized-1"


class KeptBuilder(Builder):
    """A builder that keeps the texts of objects; only the user can read them, as all of charts."""

    def __init__(self, store: ChartStore) -> None:
        super().__init__()
        self._cache = RenderCache(store)

    def build_objects(self, manifests: Sequence[Manifest], changes: Mapping[str, Any]) -> str:
        """Return the text of objects after `patches` and `images`; raises RenderError."""
        key = _key(manifests, changes)
        kept = self._cache.note(key, _NOTE) if key else None
        if kept is not None:
            return kept
        text = super().build_objects(manifests, changes)
        if key:
            self._cache.keep_note(key, _NOTE, text)
        return text


def _key(manifests: Sequence[Manifest], changes: Mapping[str, Any]) -> str:
    """Return a digest of the objects, the changes and the program; '' if nothing is kept."""
    try:
        program = Path(kubectl() or "").stat()
        content = msgspec.msgpack.encode((manifests, changes))
    except (OSError, OverflowError, RecursionError, TypeError, ValueError):
        return ""
    facts = f"{program.st_size} {program.st_mtime_ns} "
    return hashlib.sha256(facts.encode() + content).hexdigest()
