"""The platform of main.py, built once for all tests of a process; none of them may change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from kubestrata import Cluster, Platform
from kubestrata.delivery.delivered import Delivered
from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.synthesis import synthesize
from main import build
from tests.conftest import ROOT


@cache
def platform() -> Platform:
    """Return the platform."""
    return build()


def cluster(name: str) -> Cluster:
    """Return a cluster of the platform."""
    (found,) = (each for each in platform().clusters if each.name == name)
    return found


@cache
def delivered() -> Delivered:
    """Return what the platform delivers."""
    return synthesize(platform())


@cache
def generated_trees() -> Mapping[str, ClusterTree]:
    """Return the trees that rules check, by cluster."""
    return _by_name(trees_of(delivered()))


@cache
def committed_trees() -> Mapping[str, ClusterTree]:
    """Return the trees of dist/ as plain YAML, by cluster."""
    return _by_name(from_folder(ROOT / "dist"))


@cache
def repository_trees() -> Mapping[str, ClusterTree]:
    """Return the trees in the whole repository as plain YAML, by cluster."""
    return _by_name(from_folder(ROOT))


def _by_name(trees: Iterable[ClusterTree]) -> Mapping[str, ClusterTree]:
    return {each.name: each for each in trees}
