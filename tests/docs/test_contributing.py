"""A Helm chart is ten lines in charts/, as the page for contributors says."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.small_project import Project

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
SECTION = PAGE.partition("## Add a Helm chart")[2].partition("\n## ")[0]
CATALOGUE, CLUSTER = (
    textwrap.dedent(block) for block in re.findall(r" *```python\n(.*?)```", SECTION, re.DOTALL)
)
HEAD = """\
from charts import catalogue
from kubestrata import Cluster, Flux, GitRepository, Host, Namespace, Platform
from kubestrata.constructs import CiliumNetwork, Flow, HelmComponent


def home(platform: Platform) -> Cluster:
    cluster = Cluster(
        platform,
        "home",
        domain=Host("example.com"),
        delivery=Flux(repository=GitRepository(url="https://git.example.com/platform")),
        kubernetes="1.35",
        provided_groups=["cilium.io"],
        offers=[CiliumNetwork()],
    )
"""
FILES = {
    "cdk8s.yaml": "language: python\napp: python main.py\noutput: dist\n",
    "charts/__init__.py": "",
    "charts/clusters/__init__.py": "",
    "charts/catalogue.py": "from kubestrata import ChartRepository\n"
    f"from kubestrata.constructs import HelmChart\n\n{CATALOGUE}",
    "charts/clusters/home.py": HEAD + textwrap.indent(CLUSTER, "    ") + "    return cluster\n",
    "main.py": "from charts.clusters.home import home\nfrom kubestrata import Platform\n\n\n"
    "def build() -> Platform:\n    platform = Platform()\n    home(platform)\n"
    '    return platform\n\n\nif __name__ == "__main__":\n    build().synth()\n',
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Project(root)


def test_a_helm_chart_is_at_most_ten_lines_in_charts() -> None:
    lines = [line for line in (CATALOGUE + CLUSTER).splitlines() if line.strip()]
    assert len(lines) <= 10


def test_it_becomes_all_that_the_page_names(project: Project) -> None:
    done = project.run("synth")
    assert (done.code, done.err) == (0, "")
    made = {
        str(path.relative_to(project.dist / "home"))
        for path in project.dist.rglob("*.yaml")
        if path.name != "kustomization.yaml"
    }
    assert made == {
        "apps/headlamp/allow-dns-ciliumnetworkpolicy.yaml",
        "apps/headlamp/default-deny-ciliumnetworkpolicy.yaml",
        "apps/headlamp/headlamp-ciliumnetworkpolicy.yaml",
        "apps/headlamp/headlamp-helmrelease.yaml",
        "apps/headlamp/headlamp-namespace.yaml",
        "flux/flux-system-gitrepository.yaml",
        "flux/flux-system-kustomization.yaml",
        "flux/headlamp-helmrepository.yaml",
        "flux/headlamp-kustomization.yaml",
    }
    spec: dict[str, Any] = yaml.safe_load(
        (project.dist / "home/apps/headlamp/headlamp-helmrelease.yaml").read_text()
    )["spec"]
    assert spec["chart"]["spec"]["version"] == "0.40.0"
    assert spec["upgrade"]["remediation"]["retries"] == 3
    assert spec["driftDetection"]["mode"] == "enabled"


def test_the_cluster_with_it_is_clean(project: Project) -> None:
    done = project.run("check")
    assert (done.code, done.err) == (0, "")
