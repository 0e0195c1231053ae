"""The tree of a cluster contains the declarations of its components."""

from __future__ import annotations

from typing import Any

from kubestrata import Platform
from kubestrata.core.identity import Identity
from kubestrata.core.resource import RawResource
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.synthesis import synthesize
from tests.gitops.checking import told
from tests.small_platform import new_cluster, new_component

UNIT = Identity("kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", "web")


def _config_map(data: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}


def test_each_cluster_is_a_tree() -> None:
    platform = Platform()
    for name in ("north", "south"):
        RawResource(new_component(new_cluster(name, platform=platform)), "a", _config_map({}))
    assert [tree.name for tree in trees_of(synthesize(platform))] == ["north", "south"]


def test_declared_placeholders_are_known_and_their_source_is_outside() -> None:
    platform = Platform()
    cluster = new_cluster(platform=platform, placeholders=("zone", "rack"))
    value = f"{cluster.placeholder('zone')} and ${{HOME}}"
    RawResource(new_component(cluster), "a", _config_map({"b": value}))
    (tree,) = trees_of(synthesize(platform))
    assert tree.variables[UNIT] == {"zone", "rack"}
    assert Identity("", "ConfigMap", "flux-system", "facts") in tree.external
    assert told(tree) == []


def test_groups_that_exist_before_are_given() -> None:
    platform = Platform()
    cluster = new_cluster(platform=platform, groups=("shop.example.com",))
    widget: dict[str, Any] = {
        "apiVersion": "shop.example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
    }
    RawResource(new_component(cluster), "w", widget)
    (tree,) = trees_of(synthesize(platform))
    assert {"shop.example.com", "source.toolkit.fluxcd.io"} <= tree.given_groups
    assert told(tree) == []
