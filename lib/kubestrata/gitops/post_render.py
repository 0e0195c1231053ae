"""The post-renderers of a HelmRelease: patches and images of Kustomize, and common metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.kubectl import Builder, RenderError

_TEMPLATE = "kubestrata.internal/template"
"""An annotation with the number of an object, which keeps its template through Kustomize."""
_CHANGES = ("patches", "patchesStrategicMerge", "patchesJson6902", "images")
_PATCH = ("patch", "target")


def is_post_rendered(spec: Mapping[str, Any]) -> bool:
    """Return True if a HelmRelease changes what its chart makes."""
    return bool(sequence(spec.get("postRenderers")) or mapping(spec.get("commonMetadata")))


def post_rendered(
    spec: Mapping[str, Any], manifests: Sequence[Manifest], builder: Builder
) -> list[tuple[int, Manifest]]:
    """Return the objects after the post-renderers, each with the number that it had before.

    Raises RenderError if Kustomize refuses a patch.
    """
    numbered = list(enumerate(manifests))
    for each in map(mapping, sequence(spec.get("postRenderers"))):
        kustomize = mapping(each.get("kustomize"))
        changes = {key: kustomize[key] for key in _CHANGES if kustomize.get(key)}
        if patches := sequence(changes.get("patches")):
            changes["patches"] = [
                {key: part for key, part in mapping(one).items() if key in _PATCH}
                for one in patches
            ]
        if changes and numbered:
            numbered = _kustomized(numbered, changes, builder)
    common = mapping(spec.get("commonMetadata"))
    if not common:
        return numbered
    return [(number, _with_metadata(manifest, common)) for number, manifest in numbered]


def _with_metadata(manifest: Manifest, common: Mapping[str, Any]) -> Manifest:
    metadata = dict(mapping(manifest.get("metadata")))
    for key in ("labels", "annotations"):
        if added := mapping(common.get(key)):
            metadata[key] = {**mapping(metadata.get(key)), **added}
    return {**manifest, "metadata": metadata}


def _kustomized(
    numbered: Sequence[tuple[int, Manifest]], changes: Mapping[str, Any], builder: Builder
) -> list[tuple[int, Manifest]]:
    marked = [
        _with_metadata(manifest, {"annotations": {_TEMPLATE: str(number)}})
        for number, manifest in numbered
    ]
    text = builder.build_objects(marked, changes)
    try:
        documents: list[Any] = load_all(text, "the result of the post-renderers")
    except YamlSyntaxError as error:
        raise RenderError(f"its result is not valid YAML: {error.why}") from None
    return [_unmarked(each) for each in documents if is_mapping(each)]


def _unmarked(manifest: Manifest) -> tuple[int, Manifest]:
    metadata = dict(mapping(manifest.get("metadata")))
    annotations = dict(mapping(metadata.get("annotations")))
    number = int(annotations.pop(_TEMPLATE, "0"))
    metadata = {**metadata, "annotations": annotations}
    if not annotations:
        del metadata["annotations"]
    return number, {**manifest, "metadata": metadata}
