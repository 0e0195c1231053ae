"""Annotations that a delivery adds to objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.core.json_value import Manifest, mapping


def annotations_of(manifest: Manifest) -> Mapping[str, Any]:
    """Return the annotations of an object, empty without any."""
    return mapping(mapping(manifest.get("metadata")).get("annotations"))


def annotated(manifest: Manifest, added: Mapping[str, str]) -> Manifest:
    """Return an object with more annotations, which take precedence over its own."""
    metadata = mapping(manifest.get("metadata"))
    annotations = {**annotations_of(manifest), **added}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}
