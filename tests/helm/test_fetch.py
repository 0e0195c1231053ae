"""Charts are fetched once from repositories, registries, Git and folders, and then locked."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from kubestrata.core.errors import ImportSourceError
from kubestrata.helm.chart_source import WantedChart
from kubestrata.helm.fetch import Fetched, fetch_charts, missing_charts
from kubestrata.helm.locked_chart import LockedChart
from kubestrata.helm.store import ChartStore, digest_of
from tests.helm.chart import CONFIG, HEAD, archived, write_chart
from tests.helm.server import TOKEN, Server


def shop(version: str = "1.0.0", text: str = CONFIG, more: str = "") -> bytes:
    head = HEAD.replace("1.0.0", version) + more
    return archived({"Chart.yaml": head, "templates/a.yaml": text})


class Import:
    """Imports of one project into one store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = ChartStore(folder / "store")
        self.locked: list[LockedChart] = []

    def run(self, *wanted: WantedChart) -> Fetched:
        found = fetch_charts(wanted, self.locked, self.store, self.folder)
        self.locked = found.charts
        return found

    def one(self, name: str, version: str, source: str) -> LockedChart:
        found = self.run(WantedChart(name, version, source))
        assert found.problems == []
        (chart,) = found.charts
        assert self.store.has(chart.name, chart.version, chart.digest)
        return chart

    def problem(self, name: str, version: str, source: str) -> str:
        found = self.run(WantedChart(name, version, source))
        (problem,) = found.problems
        return problem


@pytest.fixture
def work(tmp_path: Path) -> Import:
    return Import(tmp_path)


def test_a_chart_of_a_repository_is_fetched_once(work: Import, server: Server) -> None:
    url = server.add_chart("shop", {"1.0.0": shop(), "v1.1.0": shop("v1.1.0")})
    expected = LockedChart("shop", "1.0.0", url, digest_of(shop()))
    assert work.one("shop", "v1.0.0", url) == expected
    assert len(server.requests) == 2
    assert work.one("shop", "1.0.0", url) == expected
    assert len(server.requests) == 2
    assert work.one("shop", "1.1.0", url).version == "v1.1.0"


def test_a_range_is_resolved_once_and_then_locked(work: Import, server: Server) -> None:
    url = server.add_chart("shop", {"1.0.0": shop(), "1.2.0": shop("1.2.0")})
    assert work.one("shop", "1.x", url).version == "1.2.0"
    server.add_chart("shop", {each: shop(each) for each in ("1.0.0", "1.2.0", "1.3.0")})
    assert work.one("shop", "1.x", url).version == "1.2.0"
    work.locked = []
    assert work.one("shop", "1.x", url).version == "1.3.0"
    assert work.one("shop", "", url).version == "1.3.0"


def test_an_absolute_address_in_an_index_is_followed(work: Import, server: Server) -> None:
    index = f"entries: {{shop: [{{version: 1.0.0, urls: ['{server.url}/far/shop.tgz']}}]}}"
    server.files = {"/index.yaml": index.encode(), "/far/shop.tgz": shop()}
    assert work.one("shop", "1.0.0", server.url).digest == digest_of(shop())


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "HTTP Error 404"),
        ({"/index.yaml": b"entries: {}"}, "is not in index.yaml"),
        ({"/index.yaml": b"entries: ["}, "not readable as YAML"),
        ({"/index.yaml": b"\xff"}, "not UTF-8"),
        ({"/index.yaml": b"entries: {shop: [{version: 2.0.0}]}"}, "the newest is 2.0.0"),
        ({"/index.yaml": b"entries: {shop: [{version: 1.0.0}]}"}, "has no address"),
        (
            {"/index.yaml": b"entries: {shop: [{version: 1.0.0, urls: ['http://example.com/a']}]}"},
            "is not an https address",
        ),
        (
            {"/index.yaml": b"entries: {shop: [{version: 1.0.0, urls: ['file:///etc/passwd']}]}"},
            "is not an https address",
        ),
    ],
)
def test_a_repository_that_cannot_be_used_is_a_problem(
    work: Import, server: Server, files: Mapping[str, bytes], why: str
) -> None:
    server.files = dict(files)
    assert why in work.problem("shop", "1.0.0", server.url)


@pytest.mark.parametrize(
    "source",
    [
        "https://bob:s3cr3t@charts.example.org/all",
        "https://s3cr3t@charts.example.org/all",
        "oci://bob:s3cr3t@charts.example.org/all",
        "git+https://s3cr3t@charts.example.org/all@v1#shop",
        "git+ssh://bob:s3cr3t@charts.example.org/all@v1#shop",
    ],
)
def test_an_address_with_a_login_is_refused_without_showing_it(work: Import, source: str) -> None:
    problem = work.problem("shop", "1.0.0", source)
    assert "://charts.example.org/all" in problem
    assert "has a login in its address, which is not supported; fetch the chart" in problem
    assert "s3cr3t" not in problem
    assert work.locked == []


def test_an_index_does_not_send_a_login(work: Import, server: Server) -> None:
    index = "entries: {shop: [{version: 1.0.0, urls: ['https://bob:s3cr3t@example.com/a']}]}"
    server.files = {"/index.yaml": index.encode()}
    problem = work.problem("shop", "1.0.0", server.url)
    assert "https://example.com/a: cannot be fetched: has a login" in problem
    assert "s3cr3t" not in problem


def test_an_archive_with_another_digest_than_the_index_is_refused(
    work: Import, server: Server
) -> None:
    url = server.add_chart("shop", {"1.0.0": shop()}, digest="0" * 64)
    assert "index.yaml has 0000" in work.problem("shop", "1.0.0", url)
    assert not (work.folder / "store").exists()


def test_a_locked_chart_whose_content_has_changed_is_an_error(
    work: Import, server: Server, tmp_path: Path
) -> None:
    url = server.add_chart("shop", {"1.0.0": shop()})
    work.one("shop", "1.0.0", url)
    server.add_chart("shop", {"1.0.0": shop(text="moved")})
    work.store = ChartStore(tmp_path / "empty")
    with pytest.raises(ImportSourceError, match=r"has changed.*charts\.lock has sha256"):
        work.run(WantedChart("shop", "1.0.0", url))
    assert not (tmp_path / "empty").exists()


def test_another_machine_fetches_what_is_locked(
    work: Import, server: Server, tmp_path: Path
) -> None:
    url = server.add_chart("shop", {"1.0.0": shop()})
    work.one("shop", "1.0.0", url)
    wanted = [WantedChart("shop", "1.0.0", url)]
    other = ChartStore(tmp_path / "other")
    assert missing_charts(wanted, work.locked, work.store) == []
    assert missing_charts(wanted, [], work.store) == ["shop 1.0.0: not in charts.lock"]
    (line,) = missing_charts(wanted, work.locked, other)
    assert "not in the store" in line
    work.store = other
    assert work.one("shop", "1.0.0", url).digest == digest_of(shop())


def test_a_chart_that_cannot_be_fetched_keeps_its_entry(
    work: Import, server: Server, tmp_path: Path
) -> None:
    url = server.add_chart("shop", {"1.0.0": shop()})
    entry = work.one("shop", "1.0.0", url)
    server.files.clear()
    work.store = ChartStore(tmp_path / "empty")
    assert "404" in work.problem("shop", "1.0.0", url)
    assert work.locked == [entry]


@pytest.mark.parametrize("is_protected", [False, True])
def test_a_chart_of_a_registry_is_fetched(
    work: Import, server: Server, *, is_protected: bool
) -> None:
    server.is_protected = is_protected
    source = server.add_oci("team/shop", "1.0.0_build.1", shop("1.0.0+build.1"))
    assert work.one("shop", "1.0.0+build.1", source).digest == digest_of(shop("1.0.0+build.1"))
    tokens = {login for path, login in server.requests if "blobs" in path}
    assert tokens == {f"Bearer {TOKEN}" if is_protected else ""}
    asked = [path for path, _ in server.requests if path.startswith("/token")]
    assert asked == ["/token?service=reg&scope=repository%3Ashop%3Apull"] * is_protected


def test_tags_of_a_registry_may_have_a_v_and_may_be_a_range(work: Import, server: Server) -> None:
    source = server.add_oci("shop", "v1.0.0", shop("v1.0.0"))
    assert work.one("shop", "1.0.0", source).version == "v1.0.0"
    server.add_oci("shop", "1.4.0", shop("1.4.0"))
    assert work.one("shop", ">=1.1", source).version == "1.4.0"


def test_a_manifest_is_named_by_its_digest(work: Import, server: Server) -> None:
    source = server.add_oci("shop", "1.0.0", shop())
    digest = hashlib.sha256(server.files["/v2/shop/manifests/1.0.0"]).hexdigest()
    assert work.one("shop", f"sha256:{digest}", source).version == "1.0.0"
    work.locked = []
    server.files[f"/v2/shop/manifests/sha256:{digest}"] += b" "
    assert "expected sha256" in work.problem("shop", f"sha256:{digest}", source)


def test_a_registry_that_cannot_be_used_is_a_problem(work: Import, server: Server) -> None:
    source = server.add_oci("shop", "1.0.0", shop())
    assert "is not in the registry" in work.problem("shop", "2.0.0", source)
    assert "is in no tag" in work.problem("shop", "3.x", source)
    (blob,) = (path for path in server.files if "blobs" in path)
    server.files[blob] = shop(text="other")
    assert "expected sha256" in work.problem("shop", "1.0.0", source)
    server.files["/v2/shop/manifests/1.0.0"] = b"[" * 100_000
    assert "is not JSON" in work.problem("shop", "1.0.0", source)
    server.add_oci("shop", "1.0.0", shop(), media="application/vnd.oci.image.layer.v1.tar+gzip")
    assert "has no layer with a chart" in work.problem("shop", "1.0.0", source)
    server.files["/v2/shop/manifests/1.0.0"] = (
        b'{"layers": [{"mediaType": "application/tar+gzip", "digest": "../../etc"}]}'
    )
    assert "is not sha256" in work.problem("shop", "1.0.0", source)


def test_a_token_is_asked_for_over_https_only(work: Import, server: Server) -> None:
    source = server.add_oci("shop", "1.0.0", shop())
    server.is_protected = True
    server.url = "http://auth.example.com"
    assert "is not an https address" in work.problem("shop", "1.0.0", source)


@cache
def bomb() -> bytes:
    return gzip.compress(b"\0" * (70 * 1024 * 1024))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "cut off"),
    "a page": (lambda: b"<html>", "not a valid gzip file"),
    "no end": (lambda: shop()[:-9], "cut off"),
    "a bomb": (bomb, "unpacks to more than"),
    "a way out": (lambda: archived({"Chart.yaml": HEAD, "../../x": "a"}), "leads out of it"),
    "a backslash": (lambda: archived({"Chart.yaml": HEAD, "a\\b": "a"}), "a member is called"),
    "no chart": (lambda: archived({"templates/a.yaml": CONFIG}), "has no Chart.yaml"),
    "a path as name": (
        lambda: archived({"Chart.yaml": "name: ../../evil\nversion: 1.0.0\n"}),
        "name is not valid",
    ),
    "another chart": (
        lambda: archived({"Chart.yaml": HEAD.replace("shop", "stock")}),
        "its name is stock",
    ),
    "a bomb in a chart": (
        lambda: archived({"Chart.yaml": HEAD, "charts/a.tgz": bomb()}),
        "unpacks to more than",
    ),
    "many files": (
        lambda: archived({"Chart.yaml": HEAD, **{f"f{n}": "" for n in range(10_001)}}),
        "members",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused(work: Import, server: Server, name: str) -> None:
    made, why = HOSTILE[name]
    url = server.add_chart("shop", {"1.0.0": made()})
    assert why in work.problem("shop", "1.0.0", url)
    assert not (work.folder / "store").exists()


def git(folder: Path, *arguments: str) -> str:
    facts = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for who in ("AUTHOR", "COMMITTER"):
        facts |= {f"GIT_{who}_NAME": "a", f"GIT_{who}_EMAIL": "a@example.com"}
    command = ["git", "-C", str(folder), *arguments]
    environment = {**os.environ, **facts}
    return subprocess.check_output(command, env=environment, text=True).strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    needs = (
        "dependencies:\n- {name: lib, version: 0.1.0, repository: 'file://../lib'}\n"
        "- {name: db, version: 0.2.0, repository: 'file://../../deep/db'}\n"
    )
    files = {"templates/a.yaml": CONFIG, ".helmignore": "*.bak\n", "old.bak": "x"}
    write_chart(folder / "charts/shop", files, HEAD + needs)
    write_chart(folder / "charts/lib", {}, "apiVersion: v2\nname: lib\nversion: 0.1.0\n")
    write_chart(folder / "deep/db", {}, "apiVersion: v2\nname: db\nversion: 0.2.0\n")
    (folder / "charts/shop/link").symlink_to("/etc/passwd")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a")
    git(folder, "tag", "v1")
    return folder


def test_a_folder_of_a_git_repository_is_fetched_with_its_sub_charts(
    work: Import, repository: Path
) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    digests: set[str] = set()
    for ref in ("main", "v1", commit):
        source = f"git+file://{repository}@{ref}#charts/shop"
        found = work.run(WantedChart("", "", source))
        assert found.problems == []
        assert [each.name for each in found.charts] == ["shop", "lib", "db"]
        assert found.charts[2].source == f"git+file://{repository}@{ref}#deep/db"
        digests.add(found.charts[0].digest)
        assert missing_charts([WantedChart("", "", source)], found.charts, work.store) == []
    assert len(digests) == 1
    chart = work.store.find("shop", "1.0.0")
    assert chart is not None
    assert b"old.bak" not in chart.path.read_bytes()
    assert b"passwd" not in chart.path.read_bytes()


def test_a_folder_on_disk_is_the_same_chart_as_in_git(work: Import, repository: Path) -> None:
    source = f"git+file://{repository}@v1#charts/shop"
    in_git = work.run(WantedChart("", "", source)).charts
    on_disk = work.run(WantedChart("", "", "repository/charts/shop")).charts
    assert [each.digest for each in in_git] == [each.digest for each in on_disk]
    assert [each.source for each in on_disk] == [
        "repository/charts/shop",
        "repository/charts/lib",
        "repository/deep/db",
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("git+file://{}@gone#charts/shop", "couldn't find remote ref"),
        ("git+file://{}@v1#gone", "git archive"),
        ("git+file://{}@v1#charts", "has no Chart.yaml"),
        ("git+file://{}#charts/shop", "is not a Git address"),
        ("git+file://{}@--upload-pack=x#charts/shop", "is not a Git address"),
        ("git+ext::sh -c 'touch {}/hacked'@v1#a", "not allowed"),
        ("git+file:///nowhere@v1#a", "git fetch"),
        ("gone", "there is no such file or folder"),
    ],
)
def test_a_source_that_cannot_be_fetched_is_a_problem(
    work: Import, repository: Path, source: str, why: str
) -> None:
    assert why in work.problem("", "", source.format(repository))
    assert not (repository / "hacked").exists()


def test_sub_charts_have_the_versions_of_the_lock_of_the_chart(
    work: Import, server: Server
) -> None:
    def db(version: str) -> bytes:
        return archived({"Chart.yaml": f"apiVersion: v2\nname: db\nversion: {version}\n"}, "db")

    url = server.add_chart("db", {each: db(each) for each in ("0.1.0", "0.1.7")})
    oci = server.add_oci("cache", "3.0.0", db("3.0.0").replace(b"", b""))
    server.add_oci("team/cache", "3.0.0", archived({"Chart.yaml": "name: cache\nversion: 3.0.0\n"}))
    needs = (
        f"dependencies:\n- {{name: db, version: ~0.1.0, repository: '{url}'}}\n"
        f"- {{name: cache, version: 3.0.0, repository: '{oci.rpartition('/')[0]}/team'}}\n"
    )
    lock = f"dependencies:\n- {{name: db, version: 0.1.0, repository: '{url}'}}\n"
    write_chart(work.folder / "shop", {"Chart.lock": lock}, HEAD + needs)
    found = work.run(WantedChart("", "", "shop"))
    assert found.problems == []
    versions = {each.name: each.version for each in found.charts}
    assert versions == {"shop": "1.0.0", "db": "0.1.0", "cache": "3.0.0"}
    (work.folder / "shop/Chart.lock").unlink()
    work.locked = []
    versions = {each.name: each.version for each in work.run(WantedChart("", "", "shop")).charts}
    assert versions["db"] == "0.1.7"


def test_a_sub_chart_without_an_address_is_a_problem(work: Import) -> None:
    needs = "dependencies:\n- {name: db, version: 0.1.0, repository: '@team'}\n"
    write_chart(work.folder / "shop", {}, HEAD + needs)
    found = work.run(WantedChart("", "", "shop"))
    assert [each.name for each in found.charts] == ["shop"]
    assert found.problems == [
        "sub-chart db 0.1.0: cannot be fetched: repository '@team' is not an address"
    ]


def test_a_chart_that_depends_on_itself_ends(work: Import) -> None:
    needs = "dependencies:\n- {name: db, version: 1.0.0, repository: 'file://.'}\n"
    write_chart(work.folder / "shop", {}, HEAD + needs)
    found = work.run(WantedChart("", "", "shop"))
    assert "its name is shop" in str(found.problems)
