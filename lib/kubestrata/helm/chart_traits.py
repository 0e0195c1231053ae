"""The facts of a cluster that the templates of a chart ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kubestrata.core.frozen import Frozen
from kubestrata.helm.stable_template import is_template

_ACTION = re.compile(rb"\{\{(?!-?\s*/\*).*?\}\}", re.DOTALL)
_HAS = re.compile(rb"APIVersions\.Has\s*\(?\s*\"([^\"]*)\"")
_LOOKUP = re.compile(rb"[({\s|=-]lookup\s")
_ANY = "*"


class ChartTraits(Frozen):
    """The facts that a chart reads; its output cannot depend on others."""

    api_versions: tuple[str, ...] = ()
    """The ones that it compares with `.Capabilities.APIVersions`; `*` if that is not known."""
    images: bool = False
    """`.Capabilities.KubeVersion`, for more than a comparison: perhaps for the tag of an image."""
    lookup: bool = False
    """Objects in the cluster, by the function `lookup`."""

    def chosen(self, versions: Iterable[str], values: str) -> list[str]:
        """Return those of a cluster's API versions that its output can depend on.

        `values` are those of a release, which may be templates too.
        """
        if _ANY in self.api_versions or "APIVersions" in values:
            return sorted(versions)
        return sorted(set(versions).intersection(self.api_versions))


def traits_of(files: Mapping[str, bytes]) -> ChartTraits:
    """Return the traits of a chart with these files, its sub-charts included.

    Values may be templates too: those of the chart count, those of a release have their own.
    """
    texts = [data for path, data in files.items() if is_template(path) or _is_values(path)]
    return ChartTraits(
        tuple(sorted({found for each in texts for found in _api_versions(each)})),
        any(map(_follows_kubernetes, texts)),
        any(_LOOKUP.search(action) for each in texts for action in _ACTION.findall(each)),
    )


def _api_versions(text: bytes) -> Iterator[str]:
    """Yield the API versions that a text names: `.Capabilities.APIVersions.Has "a.io/v1"`."""
    if b"APIVersions" not in text:
        return
    for action in _ACTION.findall(text):
        named = _HAS.findall(action)
        if action.count(b"APIVersions") != len(named):
            yield _ANY
        yield from (each.decode(errors="replace") for each in named)


def _follows_kubernetes(text: bytes) -> bool:
    """Return True if a template uses the version of Kubernetes as text."""
    if b"KubeVersion" not in text:
        return False
    actions = (each for each in _ACTION.findall(text) if b"KubeVersion" in each)
    return any(b"semverCompare" not in each for each in actions)


def _is_values(path: str) -> bool:
    return path.rpartition("/")[2] == "values.yaml"
