"""The templates of the Flux Operator: `<< >>`, the inputs, and a few functions of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kubestrata.core.errors import KubestrataError
from kubestrata.core.json_value import is_mapping
from kubestrata.core.yaml_text import dump
from kubestrata.gitops.template.call import FUNCTIONS, Function, described
from kubestrata.gitops.template.error import NotEvaluatedError
from kubestrata.gitops.template.evaluation import Dialect
from kubestrata.gitops.template.limit import refuse_length
from kubestrata.gitops.template.syntax import ANGLES

_LONGEST_SLUG = 63
_NOT_SLUG = re.compile(r"[^a-z0-9_-]+")
_SPELLED = re.compile(r"[^\x00-\x7f]|[&@]")
"""Characters that a slug has in letters of another alphabet, or as a word."""
_VALUE = "value:"


def dialect(inputs: Mapping[str, Any] | None) -> Dialect:
    """Return the templates of a set of inputs; None for a ResourceSet without any."""
    own = {
        "inputs": Function(lambda: inputs, ()),
        "slugify": described(_slug),
        "toYaml": described(_to_yaml),
        "mustToYaml": described(_to_yaml),
    }
    shared = {name: each for name, each in FUNCTIONS.items() if name != "normalize"}
    return Dialect(ANGLES, {**shared, **own})


def _slug(text: str) -> str:
    if _SPELLED.search(text):
        raise NotEvaluatedError("slugify of such characters is not evaluated here")
    slug = re.sub("-+", "-", _NOT_SLUG.sub("-", text.strip().lower())).strip("-_")
    if len(slug) <= _LONGEST_SLUG:
        return slug
    cut = slug.rfind("-", 0, _LONGEST_SLUG + 1)
    return slug[: cut if cut > 0 else _LONGEST_SLUG]


def _to_yaml(value: Any) -> str:
    try:
        text = dump(value) if is_mapping(value) and value else dump({"value": value})
    except KubestrataError as error:
        raise NotEvaluatedError(f"toYaml: {error.why}") from None
    refuse_length(len(text))
    return text if is_mapping(value) and value else text.removeprefix(_VALUE).lstrip(" \n")
