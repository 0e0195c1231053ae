"""The results of rendering the charts of a cluster's releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kubestrata.core.identity import Identity
from kubestrata.rules.violation import Finding


def _no_values(_finding: Finding) -> str:
    return ""


class LookedUp(NamedTuple):
    """An object that a chart reads while it is rendered; `required` if it fails without."""

    kind: str
    namespace: str
    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class ChartResults:
    """The results of rendering beside the objects; without rendering, nothing."""

    rendered: frozenset[Identity] = frozenset()
    """The releases whose objects are in the tree."""
    refused: Sequence[Finding] = ()
    """The problems for which Helm would refuse releases."""
    unrendered: Sequence[Finding] = ()
    """The reasons why releases could not be rendered here."""
    unread: Sequence[Finding] = ()
    """Values without an effect."""
    looked_up: Mapping[Identity, Sequence[LookedUp]] = field(
        default_factory=dict[Identity, Sequence["LookedUp"]]
    )
    """The objects that the charts of releases read in the cluster."""
    invented: Mapping[Identity, Sequence[str]] = field(
        default_factory=dict[Identity, Sequence[str]]
    )
    """The fields of releases in which a constant replaces what each rendering gives anew."""
    moving: Sequence[Finding] = ()
    """Images that depend on the version of Kubernetes."""
    schemas: Mapping[Identity, Mapping[str, Any]] = field(
        default_factory=dict[Identity, Mapping[str, Any]]
    )
    """The schemas of charts that the values of refused releases do not fit."""
    values_of: Callable[[Finding], str] = field(default=_no_values, repr=False, compare=False)
    """Names the values of a release from which a field of its chart's object comes."""
