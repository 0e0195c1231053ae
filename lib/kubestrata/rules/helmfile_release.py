"""Releases that a helmfile installs before the delivery runs."""

from __future__ import annotations

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Manifest
from kubestrata.rules.violation import Location


class HelmfileRelease(Frozen):
    """A release of a helmfile; `values` are None if they are not known here.

    `chart` is its name without a repository, `version` '' where none is pinned. A release that is
    there `for_crds` is rendered for its CRDs only: its values are others.
    """

    name: str
    namespace: str
    chart: str
    version: str
    values: Manifest | None
    place: Location
    for_crds: bool = False
