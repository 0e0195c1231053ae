"""The facts of a cluster that the templates of a chart ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kubestrata.helm.stable_template import is_template

_ACTION = re.compile(rb"\{\{(?!-?\s*/\*).*?\}\}", re.DOTALL)
_LOOKUP = re.compile(rb"[({\s|-]lookup\s")


@dataclass(frozen=True, slots=True)
class ChartTraits:
    """The facts that a chart reads; its output cannot depend on others."""

    api_versions: bool = False
    """`.Capabilities.APIVersions`"""
    images: bool = False
    """`.Capabilities.KubeVersion`, for more than a comparison: perhaps for the tag of an image."""
    lookup: bool = False
    """Objects in the cluster, by the function `lookup`."""


def traits_of(files: Mapping[str, bytes]) -> ChartTraits:
    """Return the traits of a chart with these files, its sub-charts included.

    Values may be templates too: those of the chart count, those of a release have their own.
    """
    texts = [data for path, data in files.items() if is_template(path) or _is_values(path)]
    return ChartTraits(
        any(b"APIVersions" in each for each in texts),
        any(map(_follows_kubernetes, texts)),
        any(_LOOKUP.search(action) for each in texts for action in _ACTION.findall(each)),
    )


def _follows_kubernetes(text: bytes) -> bool:
    """Return True if a template uses the version of Kubernetes as text."""
    if b"KubeVersion" not in text:
        return False
    actions = (each for each in _ACTION.findall(text) if b"KubeVersion" in each)
    return any(b"semverCompare" not in each for each in actions)


def _is_values(path: str) -> bool:
    return path.rpartition("/")[2] == "values.yaml"
