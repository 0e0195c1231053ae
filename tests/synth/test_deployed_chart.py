"""The charts of an output are read from its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata import ChartRepository, Namespace, Platform
from kubestrata.constructs import HelmChart, HelmComponent
from kubestrata.synth.deployed_chart import deployed_charts
from kubestrata.synth.dist_writer import write_tree
from kubestrata.synth.synthesis import synthesize
from tests.small_platform import CHARTS, new_cluster

OCI = ChartRepository("registry", "oci://registry.example.com/charts")


def charts_of(folder: Path, *versions: str, repository: ChartRepository = CHARTS) -> dict[str, str]:
    """Return the charts of an output in which each cluster deploys one version."""
    platform = Platform()
    for number, version in enumerate(versions):
        cluster = new_cluster(f"c{number}", platform=platform)
        HelmComponent(
            cluster,
            "gadget",
            layer="apps",
            namespace=Namespace("gadget", pod_security="restricted"),
            chart=HelmChart("gadget", version, repository),
        )
    write_tree(folder / "dist", synthesize(platform).contents)
    return deployed_charts(folder / "dist")


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        (["1.2.3"], "1.2.3"),
        (["v1.2.3"], "1.2.3"),
        (["1.9.0", "1.10.0"], "1.10.0"),
        (["2.0.0-rc.1", "2.0.0"], "2.0.0"),
        (["2.0.0-rc.1"], "2.0.0-rc.1"),
    ],
)
def test_the_newest_version_of_all_clusters_counts(
    tmp_path: Path, versions: list[str], found: str
) -> None:
    assert charts_of(tmp_path, *versions) == {"gadget": found}


def test_a_chart_of_a_registry_has_the_version_of_its_tag(tmp_path: Path) -> None:
    assert charts_of(tmp_path, "1.2.3", repository=OCI) == {"gadget": "1.2.3"}


def test_an_output_that_does_not_exist_has_no_charts(tmp_path: Path) -> None:
    assert deployed_charts(tmp_path / "dist") == {}
