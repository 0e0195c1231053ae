"""A component is in the folder of its layer."""

from __future__ import annotations

from collections import defaultdict

from main import build
from tests.docs.component_table import LAYERS, class_of


def test_some_cluster_deploys_a_component_in_the_layer_of_its_folder() -> None:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cluster in build().clusters:
        # A cluster with fewer layers puts components of several folders into one.
        has_all = set(LAYERS) <= set(cluster.layers)
        for component in cluster.components:
            if type(component).__module__.startswith("charts."):
                found[class_of(component)].update([component.layer] if has_all else LAYERS)
    misplaced = {
        name: sorted(layers)
        for (name, module), layers in found.items()
        if not module.startswith("charts/clusters/") and module.split("/")[1] not in layers
    }
    assert misplaced == {}
