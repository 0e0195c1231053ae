"""Charts are found by name, version and source; the lock keeps their digests."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubestrata.core.errors import ConfigError, ImportSourceError
from kubestrata.helm.charts_lock import LOCK_FILE, lock_text, read_lock, write_lock
from kubestrata.helm.locked_chart import LockedChart
from kubestrata.helm.packed import packed, unpacked
from kubestrata.helm.store import ChartStore, chart_at, default_root, digest_of, store_root
from tests.helm.chart import CONFIG, HEAD, archived, write_chart

A, B = "https://a.example.com", "https://b.example.com"


def chart(version: str, text: str = CONFIG) -> bytes:
    files = {"Chart.yaml": HEAD.replace("1.0.0", version), "templates/a.yaml": text}
    return archived(files)


def test_several_versions_and_sources_are_side_by_side(tmp_path: Path) -> None:
    store = ChartStore(tmp_path)
    store.add(chart("1.0.0"), A)
    other = store.add(chart("1.0.0", "other"), B)
    newer = store.add(chart("v1.1.0"), A)
    again = ChartStore(tmp_path)
    assert again.find("shop", "v1.0.0", B) == other
    found = again.find("shop", "1.0.0", A)
    assert found is not None
    assert found.source == A
    assert found.digest == digest_of(chart("1.0.0"))
    assert again.find("shop", "1.1.0", "https://gone.example.com") is not None
    assert [again.find("shop", each) for each in ("2.0.0", "1.0", "gone")] == [None] * 3
    assert again.find("stock", "1.0.0") is None
    highest = again.find("shop", ">=1.0.0 <2")
    assert highest is not None
    assert highest.digest == newer.digest


def test_a_range_has_the_version_of_the_lock(tmp_path: Path) -> None:
    store = ChartStore(tmp_path)
    old, new = store.add(chart("1.0.0"), A), store.add(chart("1.1.0"), A)
    locked = LockedChart("shop", "1.0.0", A, old.digest)
    again = ChartStore(tmp_path, lock=[locked])
    assert again.find("shop", "1.x", A) == old
    assert list(again.assumed) == []
    # The lock has no entry for this source, and none for this range.
    assert again.find("shop", "1.x", B) == new
    assert again.find("shop", ">1.0", A) == new
    assert list(again.assumed) == [
        f"shop {each}: rendered as 1.1.0, the highest version at hand; "
        "`kubestrata import --charts` locks it"
        for each in ("1.x", ">1.0")
    ]


def test_a_locked_version_that_is_not_at_hand_is_not_replaced_by_another(tmp_path: Path) -> None:
    store = ChartStore(tmp_path, lock=[LockedChart("shop", "1.0.0", A, "sha256:gone")])
    store.add(chart("1.1.0"), A)
    assert store.find("shop", "1.x", A) is None


def test_the_digest_of_the_lock_chooses_among_equal_versions(tmp_path: Path) -> None:
    store = ChartStore(tmp_path)
    found = [store.add(chart("1.0.0", text), A) for text in ("one", "two", "three")]
    for each in found:
        again = ChartStore(tmp_path, lock=[LockedChart("shop", "1.0.0", A, each.digest)])
        assert again.find("shop", "1.0.0", A) == each


def test_a_chart_of_git_is_found_by_its_source_whatever_its_folder_is_called(
    tmp_path: Path,
) -> None:
    source = "git+https://git.example.com/shop@v1#charts/web"
    store = ChartStore(tmp_path)
    store.add(archived({"Chart.yaml": HEAD.replace("name: shop", "name: web")}), A)
    found = store.add(chart("1.0.0"), source)
    assert store.find("web", "", source) == found
    locked = LockedChart("shop", "1.0.0", source, found.digest)
    assert ChartStore(tmp_path, lock=[locked]).find("web", "", source) == found
    assert list(store.assumed) == []


def test_a_folder_of_charts_may_have_another_name_than_its_chart(tmp_path: Path) -> None:
    write_chart(tmp_path / "shelf/web", {"templates/a.yaml": CONFIG})
    store = ChartStore(tmp_path / "store", [tmp_path / "shelf"])
    found = store.find("web", "", "git+https://git.example.com/shop@v1#charts/web")
    assert found is not None
    assert (found.name, found.path.name) == ("shop", "web")
    assert store.find("web", "1.0.0", A) is None


@pytest.mark.parametrize("name", ["..", "../charts", "a/b", "", ".hidden", "a\0b"])
def test_names_are_no_paths(tmp_path: Path, name: str) -> None:
    store = ChartStore(tmp_path / "store")
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0/x.tgz").write_bytes(b"")
    assert store.find(name, "1.0.0") is None
    assert store.find("shop", name) is None
    assert store.has("shop", "1.0.0", name) is False


def test_a_chart_whose_bytes_have_changed_is_missing(tmp_path: Path) -> None:
    store = ChartStore(tmp_path)
    found = store.add(chart("1.0.0"), A)
    assert store.has("shop", "1.0.0", found.digest)
    found.path.write_bytes(chart("1.0.0", "other"))
    assert not store.has("shop", "1.0.0", found.digest)


def test_only_the_user_reads_the_store(tmp_path: Path) -> None:
    found = ChartStore(tmp_path / "store").add(chart("1.0.0"), A)
    assert found.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in found.path.parent.iterdir() if each.name.startswith(".")] == []


def test_a_folder_of_charts_comes_before_the_store(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    write_chart(shelf / "deep/er/shop", {"templates/a.yaml": CONFIG, "charts/x/Chart.yaml": HEAD})
    (shelf / "shop-2.0.0.tar.gz").write_bytes(chart("2.0.0"))
    (shelf / "broken.tgz").write_bytes(b"no archive")
    (shelf / "loop").symlink_to(shelf)
    store = ChartStore(tmp_path / "store", [shelf])
    store.add(chart("1.0.0"), A)
    found = store.find("shop", "1.0.0", A)
    assert found is not None
    assert found.path == shelf / "deep/er/shop"
    packed_one = store.find("shop", "2.0.0")
    assert packed_one is not None
    assert packed_one.digest == digest_of(chart("2.0.0"))
    (problem,) = store.problems
    assert problem.startswith("broken.tgz: cannot be unpacked: is not a valid gzip file")


def test_a_folder_may_be_a_chart_itself(tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "shop", {"templates/a.yaml": CONFIG})
    write_chart(folder / "charts" / "db", {}, HEAD.replace("shop", "db"))
    store = ChartStore(tmp_path / "store", [folder])
    found = store.find("shop", "1.0.0")
    assert found is not None
    assert found.path == folder
    assert store.find("db", "1.0.0") is None


def test_a_folder_that_cannot_be_read_is_a_problem_beside_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chart(tmp_path / "shelf" / "shop", {})
    (tmp_path / "shelf" / "closed").mkdir()
    listed = Path.iterdir

    def iterdir(path: Path) -> Iterator[Path]:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    store = ChartStore(tmp_path / "store", [tmp_path / "shelf"])
    assert store.find("shop", "1.0.0") is not None
    assert store.problems == [f"{tmp_path}/shelf/closed: cannot be read: Permission denied"]


def test_the_digest_of_a_folder_depends_on_its_files_alone(tmp_path: Path) -> None:
    files = {"templates/a.yaml": CONFIG, "values.yaml": "a: 1\n", ".helmignore": "*.bak\n"}
    one = write_chart(tmp_path / "one", files)
    other = write_chart(tmp_path / "other", {**files, "old.bak": "x", "templates/.swp": "x"})
    os.utime(other / "values.yaml", (1, 1))
    (other / "link").symlink_to("/etc/hostname")
    assert chart_at(one).digest == chart_at(other).digest
    (other / "values.yaml").write_text("a: 2\n")
    assert chart_at(one).digest != chart_at(other).digest


@pytest.mark.parametrize("name", ["a.yaml", "a" * 94, "a" * 95, "d/" * 60 + "a", "\u00e9.yaml"])
@pytest.mark.parametrize("size", [0, 1, 512, 513, 70_000])
def test_an_archive_is_the_one_that_tarfile_writes(name: str, size: int) -> None:
    text, data = io.BytesIO(), bytes(range(256)) * (size // 256) + bytes(size % 256)
    with tarfile.open(fileobj=text, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for each in sorted(("Chart.yaml", name)):
            member = tarfile.TarInfo(f"shop/{each}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    assert gzip.decompress(packed("shop", {"Chart.yaml": data, name: data})) == text.getvalue()


def test_packed_files_are_unpacked_as_they_were() -> None:
    files = {"Chart.yaml": HEAD.encode(), "a/b.bin": bytes(range(256)) * 1000, "empty": b""}
    long = {f"templates/{'x' * 120}/{'y' * 120}.yaml": b"a"}
    assert unpacked("shop", packed("shop", files | long)) == files | long
    assert digest_of(packed("shop", {"Chart.yaml": HEAD.encode()})) == (
        "sha256:e0f5d8fa523f2a12a0ef717275b920e8c2a3d0d8b7bf888e7e245439022cdd6b"
    )


@pytest.mark.parametrize(
    "head",
    ["name: ../a\nversion: 1.0.0\n", "name: shop\n", "version: 1.0.0\n", "name: a\nversion: a/b\n"],
)
def test_a_chart_with_another_name_than_a_folder_is_refused(tmp_path: Path, head: str) -> None:
    with pytest.raises(ImportSourceError, match="is not a valid chart"):
        ChartStore(tmp_path).add(archived({"Chart.yaml": head}), A)
    assert list(tmp_path.iterdir()) == []


def test_the_store_is_in_the_cache_folder_unless_cdk8s_yaml_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_root() == store_root({}, tmp_path) == tmp_path / "kubestrata/charts"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_root() == Path.home() / ".cache/kubestrata/charts"
    config = {"kubestrata": {"charts": {"store": "vendor/charts"}}}
    assert store_root(config, tmp_path) == tmp_path / "vendor/charts"
    for wrong in ("store", {"stores": "a"}, {"store": 1}, {"store": "a", "more": 1}):
        with pytest.raises(ConfigError, match="has only the setting store"):
            store_root({"kubestrata": {"charts": wrong}}, tmp_path)


def test_the_lock_is_sorted_and_read_as_it_was_written(tmp_path: Path) -> None:
    charts = [
        LockedChart("shop", "1.0.0", A, "sha256:b"),
        LockedChart("db", "1e3", 'git+https://x.example.com/"\\@on#a', "sha256:a"),
        LockedChart("shop", "1.0.0", A, "sha256:b"),
    ]
    assert write_lock(tmp_path, charts)
    assert read_lock(tmp_path) == sorted(set(charts))
    assert not write_lock(tmp_path, reversed(charts))
    assert (tmp_path / LOCK_FILE).stat().st_mode & 0o777 == 0o644
    assert lock_text([]).endswith("charts: []\n")


@pytest.mark.parametrize("text", ["charts: [{name: a}]", "a: [", "- 1", "", "charts: [1]"])
def test_a_file_that_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK_FILE).write_text(text)
    with pytest.raises(ImportSourceError, match=r"charts\.lock.*(?s:.)*fix: restore"):
        read_lock(tmp_path)


def test_a_missing_lock_is_empty(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == []


def test_the_digest_of_a_folder_is_kept_until_a_file_changes(tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "charts" / "shop", {"templates/a.yaml": CONFIG})

    def digest() -> str:
        found = ChartStore(tmp_path / "store", [tmp_path / "charts"]).find("shop", "1.0.0")
        assert found is not None
        return found.digest

    first = digest()
    assert first == chart_at(folder).digest
    (note,) = (tmp_path / "store" / "folders").iterdir()
    assert digest() == first
    (folder / "templates" / "a.yaml").write_text(f"{CONFIG}# other\n")
    assert digest() == chart_at(folder).digest != first
    (folder / "templates" / "b.yaml").write_text(CONFIG)
    assert digest() == chart_at(folder).digest
    note.write_bytes(b"{")
    assert digest() == chart_at(folder).digest
