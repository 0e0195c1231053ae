"""The fields of a kustomization.yaml and their types; Kustomize refuses any other.

Source: the answers of `kubectl kustomize` 1.37 to each field with values of each type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kubestrata.core.alike import alike
from kubestrata.core.json_value import is_list, is_mapping

_TEXT = ("apiVersion", "kind", "namePrefix", "nameSuffix", "namespace")
_TEXTS = (
    *("bases", "buildMetadata", "components", "configurations", "crds", "generators"),
    *("patchesStrategicMerge", "resources", "transformers", "validators"),
)
_OBJECTS = (
    *("configMapGenerator", "helmChartInflationGenerator", "helmCharts", "imageTags", "images"),
    *("labels", "patches", "patchesJson6902", "replacements", "replicas", "secretGenerator"),
    "vars",
)
_OBJECT = ("generatorOptions", "helmGlobals", "metadata", "sortOptions")
_TEXT_BY_NAME = ("commonAnnotations", "commonLabels", "openapi")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return is_list(value) and all(isinstance(one, str) for one in value)


def _are_objects(value: Any) -> bool:
    return is_list(value) and all(is_mapping(one) for one in value)


def _are_named_texts(value: Any) -> bool:
    return is_mapping(value) and all(isinstance(one, str) for one in value.values())


_Check = tuple[Callable[[Any], bool], str]
_FIELDS: Mapping[str, _Check] = {
    **dict.fromkeys(_TEXT, (_is_text, "text")),
    **dict.fromkeys(_TEXTS, (_are_texts, "a list of texts")),
    **dict.fromkeys(_OBJECTS, (_are_objects, "a list of objects")),
    **dict.fromkeys(_OBJECT, (is_mapping, "an object")),
    **dict.fromkeys(_TEXT_BY_NAME, (_are_named_texts, "an object whose values are text")),
}
_NAMES = tuple(_FIELDS)


def list_faults(value: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield field, problem and fix of each field that Kustomize refuses."""
    for field, part in value.items():
        if field not in _FIELDS:
            near = alike(field, _NAMES)
            fix = f"write {near[0]}" if near else f"use one of {', '.join(sorted(_NAMES))}"
            yield field, f"{field} is not a valid field of a kustomization.yaml", fix
        elif part is not None and not _FIELDS[field][0](part):
            wanted = _FIELDS[field][1]
            yield field, f"{field} is not valid: must be {wanted}", f"write {wanted}"
