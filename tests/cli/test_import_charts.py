"""`kubestrata import --charts` fetches the charts that releases use, and locks them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.helm.chart import CONFIG, HEAD, archived
from tests.helm.server import Server
from tests.small_project import Project

CHART = archived({"Chart.yaml": HEAD, "templates/a.yaml": CONFIG, "values.yaml": "size: 1\n"})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Server()
    yield made
    made.stop()


@pytest.fixture
def tree(project: Project, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Flux reconciles, with a release of a chart of the server."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.root / "cache"))
    assert project.run("synth").code == 0
    folder = project.dist / "c1" / "apps" / "web"
    url = server.add_chart("shop", {"1.0.0": CHART})
    repository = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "HelmRepository",
        "metadata": {"name": "charts", "namespace": "web"},
        "spec": {"interval": "1h", "url": url},
    }
    source = {"kind": "HelmRepository", "name": "charts"}
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "shop", "namespace": "web"},
        "spec": {
            "interval": "10m",
            "chart": {"spec": {"chart": "shop", "version": "1.0.0", "sourceRef": source}},
            "values": {"sise": 2},
        },
    }
    (folder / "charts.yaml").write_text(json.dumps(repository))
    (folder / "shop.yaml").write_text(json.dumps(release))
    listed = folder / "kustomization.yaml"
    listed.write_text(listed.read_text() + "- charts.yaml\n- shop.yaml\n")
    return project.dist


def test_charts_of_a_tree_are_fetched_locked_and_checked(
    project: Project, tree: Path, server: Server
) -> None:
    missing = project.run("import", "--charts", "dist", "--check")
    assert missing.code == 1
    assert "shop 1.0.0: not in charts.lock" in missing.err
    done = project.run("import", "--charts", "dist")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("dist/charts.lock: 1 charts, 1 fetched into ")
    lock = (tree / "charts.lock").read_text()
    assert 'name: "shop"' in lock
    count = len(server.requests)
    again = project.run("import", "--charts", "dist")
    assert again.out.startswith("dist/charts.lock: 1 charts, 0 fetched into ")
    assert project.run("import", "--charts", "dist", "--check").code == 0
    assert len(server.requests) == count
    assert (tree / "charts.lock").read_text() == lock
    found = project.run("check", "dist", "--verbose")
    assert "spec.values.sise: chart shop 1.0.0 does not read it" in found.out


def test_a_changed_chart_ends_the_import(project: Project, tree: Path, server: Server) -> None:
    assert project.run("import", "--charts", "dist").code == 0
    lock = (tree / "charts.lock").read_text()
    server.add_chart("shop", {"1.0.0": archived({"Chart.yaml": HEAD})})
    config = project.root / "cdk8s.yaml"
    config.write_text(config.read_text() + "\nkubestrata:\n  charts: {store: elsewhere}\n")
    done = project.run("import", "--charts", "dist")
    assert done.code == 2
    assert "has changed" in done.err
    assert "fix: if the change is intended, delete its entry in charts.lock" in done.err
    assert (tree / "charts.lock").read_text() == lock


def test_a_chart_that_cannot_be_fetched_is_reported(
    project: Project, tree: Path, server: Server
) -> None:
    server.files.clear()
    done = project.run("import", "--charts", "dist")
    assert done.code == 1
    assert "HTTP Error 404" in done.err
    assert not (tree / "charts.lock").exists()


def test_a_platform_without_charts_has_no_lock(project: Project) -> None:
    done = project.run("import", "--charts")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("charts.lock: 0 charts")
    assert not (project.root / "charts.lock").exists()
    assert project.run("import", "--charts", "--check").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--charts", "gone"], "is not a folder"),
        (["--charts", "--descriptions"], "--charts imports charts only"),
        (["--charts=dist", "a.yaml"], "--charts imports charts only"),
        (["--charts=dist", "--mirror", "x"], "--charts imports charts only"),
    ],
)
def test_a_wrong_command_line_is_refused(
    project: Project, arguments: list[str], message: str
) -> None:
    done = project.run("import", *arguments)
    assert done.code == 2
    assert message in done.err


def publish(server: Server, shop: Sequence[bytes], db: Sequence[bytes]) -> None:
    """Publish versions 1.0.0, 1.1.0 ... of two charts in one repository."""
    path, texts = "/charts/index.yaml", list[str]()
    for name, archives in (("shop", shop), ("db", db)):
        server.add_chart(name, {f"1.{at}.0": data for at, data in enumerate(archives)})
        texts.append(server.files[path].decode())
    first = texts[0].replace("  zoo: []\n", "")
    server.files[path] = f"{first}  db:{texts[1].partition('  db:')[2]}".encode()


def test_the_message_about_a_missing_chart_names_the_command_that_fetches_it(
    project: Project, tree: Path
) -> None:
    assert tree.is_dir()
    found = project.run("check", "dist", "--require-charts", "--verbose")
    command = "kubestrata import --charts dist"
    assert f"its chart is not in the store; run `{command}`" in found.out
    assert project.run(*command.split()[1:]).code == 0
    assert "not in the store" not in project.run("check", "dist", "--require-charts").out


def test_charts_of_releases_that_charts_make_are_fetched_too(
    project: Project, tree: Path, server: Server
) -> None:
    inner = json.dumps(
        {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": "db"},
            "spec": {
                "interval": "10m",
                "chart": {
                    "spec": {
                        "chart": "db",
                        "version": "1.x",
                        "sourceRef": {"kind": "HelmRepository", "name": "charts"},
                    }
                },
            },
        }
    )
    head = HEAD.replace("name: shop", "name: db")
    newer = archived({"Chart.yaml": head.replace("1.0.0", "1.1.0"), "templates/a.yaml": CONFIG})
    db = archived({"Chart.yaml": head, "templates/a.yaml": CONFIG.replace("shop", "db")})
    shop = archived({"Chart.yaml": HEAD, "templates/a.yaml": inner})
    publish(server, shop=[shop], db=[db])
    found = project.run("import", "--charts", "dist")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("dist/charts.lock: 2 charts, 2 fetched into ")
    # A newer version changes nothing: the lock has the version of the range.
    publish(server, shop=[shop], db=[db, newer])
    lock = (tree / "charts.lock").read_text()
    assert project.run("import", "--charts", "dist").code == 0
    assert (tree / "charts.lock").read_text() == lock
    checked = project.run("check", "dist", "--require-charts")
    assert "T03" not in checked.out
    assert "highest version at hand" not in checked.err
    (tree / "charts.lock").unlink()
    checked = project.run("check", "dist", "--require-charts")
    assert "db 1.x: rendered as 1.0.0, the highest version at hand" in checked.err


def test_a_lock_that_is_not_one_ends_the_check(project: Project, tree: Path) -> None:
    (tree / "charts.lock").write_text("charts: 1\n")
    found = project.run("check", "dist")
    assert (found.code, found.out) == (2, "")
    assert "charts.lock: is not a lock" in found.err


MAIN_OF_ARGO = """\
from kubestrata import ArgoCd, ChartRepository, Cluster, GitRepository, Host, Namespace, Platform
from kubestrata.constructs import HelmChart, HelmComponent

platform = Platform()
argo = ArgoCd(repository=GitRepository(url="https://git.example.com/platform"))
cluster = Cluster(
    platform, "c1", domain=Host("example.com"), delivery=argo, kubernetes="1.35"
)
HelmComponent(
    cluster,
    "shop",
    layer="apps",
    namespace=Namespace("shop", pod_security="baseline"),
    chart=HelmChart("shop", "1.0.0", ChartRepository("charts", "URL")),
    values={"size": 2},
)
platform.synth()
"""


def test_charts_of_argo_cd_are_fetched_before_synth_renders_them(
    project: Project, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.root / "cache"))
    url = server.add_chart("shop", {"1.0.0": CHART})
    (project.root / "main.py").write_text(MAIN_OF_ARGO.replace("URL", url))
    missing = project.run("synth")
    assert missing.code == 2
    assert "main.py:9" in missing.err
    assert "fix: run `kubestrata import --charts`" in missing.err
    assert project.run("import", "--charts").code == 0
    done = project.run("synth")
    assert (done.code, done.err) == (0, "")
    assert "c1/apps/shop/shop-configmap.yaml" in project.tree()


def test_roots_choose_the_clusters_whose_charts_are_fetched(
    project: Project, tree: Path, server: Server
) -> None:
    (tree / "other").mkdir()
    (tree / "other" / "kustomization.yaml").write_text("resources: []\n")
    done = project.run("import", "--charts", "dist", "--root", "other")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("dist/charts.lock: 0 charts, ")
    assert server.requests == []


@pytest.mark.parametrize("words", [(), ("--charts",), ("--manifests",)])
def test_roots_without_a_folder_are_refused(project: Project, words: tuple[str, ...]) -> None:
    done = project.run("import", *words, "--root", "one")
    assert done.code == 2
    assert "--root is for --charts FOLDER" in done.err
