"""`kubestrata import --manifests` fetches the YAML files of Manifests, and locks them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kubestrata.constructs import Manifests
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.manifest_store import (
    LOCK_FILE,
    ManifestStore,
    digest_of,
    lock_text,
    read_lock,
)
from kubestrata.synth import manifest_import
from kubestrata.synth.manifest_import import check_manifests, import_manifests
from tests.small_platform import new_cluster, new_component
from tests.small_project import Project

CONFIG = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
URL = "https://vendor.example.com/v1/install.yaml"
OTHER = "https://vendor.example.com/v2/install.yaml"


class Vendor:
    """Files by URL, and the URLs that were downloaded."""

    def __init__(self) -> None:
        self.files = {URL: CONFIG, OTHER: CONFIG + b"data: {k: v}\n"}
        self.downloads: list[str] = []

    def download(self, url: str) -> bytes:
        self.downloads.append(url)
        return self.files[url]


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    made = Vendor()
    monkeypatch.setattr(manifest_import, "download", made.download)
    return made


def using(*urls: str) -> Callable[[], object]:
    def build() -> None:
        cluster = new_cluster()
        for number, url in enumerate(urls):
            Manifests(new_component(cluster, f"c{number}"), "vendor", url)

    return build


def test_files_are_fetched_once_and_locked(tmp_path: Path, vendor: Vendor) -> None:
    store = ManifestStore(tmp_path / "store")
    found = import_manifests(using(URL, OTHER, URL), tmp_path, store)
    assert (found.files, found.fetched) == (2, 2)
    assert vendor.downloads == [URL, OTHER]
    assert read_lock(tmp_path) == {url: digest_of(vendor.files[url]) for url in (URL, OTHER)}
    again = import_manifests(using(URL), tmp_path, store)
    assert (again.files, again.fetched) == (1, 0)
    assert list(read_lock(tmp_path)) == [URL]
    assert store.find(digest_of(CONFIG)) == CONFIG


def test_a_changed_file_ends_the_import(tmp_path: Path, vendor: Vendor) -> None:
    import_manifests(using(URL), tmp_path, ManifestStore(tmp_path / "store"))
    lock = (tmp_path / LOCK_FILE).read_bytes()
    vendor.files[URL] = vendor.files[OTHER]
    with pytest.raises(ImportSourceError, match="is locked but has changed"):
        import_manifests(using(URL), tmp_path, ManifestStore(tmp_path / "elsewhere"))
    assert (tmp_path / LOCK_FILE).read_bytes() == lock


def test_a_damaged_file_is_fetched_again(tmp_path: Path, vendor: Vendor) -> None:
    store = ManifestStore(tmp_path / "store")
    import_manifests(using(URL), tmp_path, store)
    store.place(digest_of(CONFIG)).write_bytes(b"other")
    assert store.find(digest_of(CONFIG)) is None
    assert import_manifests(using(URL), tmp_path, store).fetched == 1
    assert vendor.downloads == [URL, URL]


def test_a_check_compares_program_lock_and_store(tmp_path: Path, vendor: Vendor) -> None:
    store = ManifestStore(tmp_path / "store")
    with pytest.raises(ImportSourceError, match="is not locked"):
        check_manifests(using(URL), tmp_path, store)
    import_manifests(using(URL, OTHER), tmp_path, store)
    assert check_manifests(using(URL, OTHER), tmp_path, store) == []
    assert check_manifests(using(URL), tmp_path, store) == [
        f"{OTHER}: in {LOCK_FILE}, but not used"
    ]
    with pytest.raises(ImportSourceError, match="is not in the store"):
        check_manifests(using(URL), tmp_path, ManifestStore(tmp_path / "empty"))
    assert vendor.downloads == [URL, OTHER]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("manifests: [a]\n", "must have a digest"),
        (f"manifests: {{'{URL}': sha1:abc}}\n", "must have a digest"),
        ("a: [\n", "not YAML"),
        ("", "is not a lock"),
    ],
)
def test_a_file_that_is_not_a_lock_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / LOCK_FILE).write_text(text)
    with pytest.raises(ImportSourceError, match=message):
        read_lock(tmp_path)


def test_a_lock_is_sorted_and_read_back(tmp_path: Path) -> None:
    digests = {OTHER: digest_of(b"b"), URL: digest_of(b"a")}
    (tmp_path / LOCK_FILE).write_text(lock_text(digests))
    assert read_lock(tmp_path) == digests
    assert list(read_lock(tmp_path)) == [URL, OTHER]


MANIFESTS = f"""\
from kubestrata.constructs import Manifests
        Manifests(web, "vendor", "{URL}")"""


def test_a_program_whose_files_are_not_at_hand_ends_with_the_command_to_run(
    project: Project,
) -> None:
    project.edit('k8s.ConfigMap(web, "settings", data={"text": "value", "n": "08"})', MANIFESTS)
    done = project.run("synth")
    assert done.code == 2
    assert f"{URL}: is not in manifests.lock, so its content is not pinned" in done.err
    assert "fix: run `kubestrata import --manifests`" in done.err
    assert not project.dist.exists()


def test_a_program_without_manifests_needs_no_lock(project: Project) -> None:
    done = project.run("import", "--manifests")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("manifests.lock: 0 files, 0 fetched into ")
    assert not (project.root / LOCK_FILE).exists()
    assert project.run("import", "--manifests", "--check").code == 0
    (project.root / LOCK_FILE).write_text(lock_text({URL: digest_of(CONFIG)}))
    unused = project.run("import", "--manifests", "--check")
    assert unused.code == 1
    assert "but not used" in unused.err


@pytest.mark.parametrize("more", [["a.yaml"], ["--charts"], ["--descriptions"]])
def test_other_imports_are_refused_beside_it(project: Project, more: list[str]) -> None:
    done = project.run("import", "--manifests", *more)
    assert done.code == 2
    assert "--manifests imports YAML files only" in done.err
