"""The charts that the output deploys, with their versions, for imports that follow them.

They are read from the committed output, not from main.py, which needs the bindings itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.gitops import committed_objects
from kubestrata.rules.api_group import HELM
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from kubestrata.synth.dist_writer import read_tree

_EXACT = re.compile(r"v?(\d+)\.(\d+)\.(\d+)((?:-[0-9A-Za-z.-]+)?)(?:\+[0-9A-Za-z.-]+)?")


def deployed_charts(output: Path) -> dict[str, str]:
    """Return the version of each chart without a leading `v`, '' if none is exact.

    Of several versions in several clusters the newest: bindings may be newer than what a cluster
    runs. Raises DistError for a folder that cannot be the output.
    """
    found: dict[str, list[tuple[tuple[int, ...], bool, str]]] = {}
    for name, objects in committed_objects(read_tree(output), {}).items():
        for chart, version in _charts(name, objects):
            known, exact = found.setdefault(chart, []), _EXACT.fullmatch(version)
            if exact is not None:
                numbers = tuple(map(int, exact.groups()[:3]))
                known.append((numbers, not exact[4], version.removeprefix("v")))
    return {chart: max(versions)[2] if versions else "" for chart, versions in found.items()}


def _charts(cluster: str, objects: dict[Identity, Manifest]) -> Iterator[tuple[str, str]]:
    subjects = [
        Subject(identity, manifest, Location(cluster, 0)) for identity, manifest in objects.items()
    ]
    tree = ClusterTree(cluster, "", subjects)
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        if chart is not None and not chart.local:
            yield chart.name, chart.version
