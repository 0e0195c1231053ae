"""Retrieving: a mirror answers in place of the network, and changed bytes are refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kubestrata.core.errors import ImportSourceError
from tests.bindings.project import Project, crd
from tests.bindings.test_chart import CHART, CRD, packed

URL = "https://raw.githubusercontent.com/org/repo/v1.0.0/crds/widget.yaml"


def mirror(folder: Path, *files: bytes, sha256: str = "") -> Path:
    """A mirror with one upstream address, split into these files."""
    folder.mkdir()
    rows = ["file\tversion_commit\trepo\tpath\tsha256"]
    for number, data in enumerate(files):
        (folder / f"{number}.yaml").write_bytes(data)
        digest = sha256 or hashlib.sha256(data).hexdigest()
        place = "github.com/org/repo\tcrds/widget.yaml"
        rows.append(f"{number}.yaml\tv1.0.0@abc\t{place}\t{digest}")
    (folder / "SOURCES.tsv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A network that has only these answers."""
    answers: dict[str, bytes] = {}
    monkeypatch.setattr("kubestrata.bindings.source.retrieve.download", lambda url: answers[url])
    return answers


def data(kind: str = "Widget") -> bytes:
    return json.dumps(crd(kind=kind)).encode()


def test_the_mirror_answers_in_place_of_the_network(project: Project, tmp_path: Path) -> None:
    project.add(f"made:={URL}")
    assert project.generate(mirror(tmp_path / "m", data())).kinds == ("made.v1.Widget",)
    lock = json.loads((project.imports / "kubeapis.lock").read_text())
    (source,) = lock["sources"]
    assert source == {
        "name": "made",
        "address": URL,
        "version": "v1.0.0",
        "sha256": hashlib.sha256(data()).hexdigest(),
    }


def test_an_upstream_file_that_the_mirror_split_arrives_whole(
    project: Project, tmp_path: Path
) -> None:
    project.add(f"made:={URL}")
    report = project.generate(mirror(tmp_path / "m", data("A"), data("B")))
    assert report.kinds == ("made.v1.A", "made.v1.B")


def test_the_lock_holds_the_digest_of_each_part_of_an_address(
    project: Project, tmp_path: Path
) -> None:
    project.add(f"made:={URL}")
    parts = [data(), data("Other")]
    project.generate(mirror(tmp_path / "m", *parts))
    (source,) = json.loads((project.imports / "kubeapis.lock").read_text())["sources"]
    assert source["parts"] == [hashlib.sha256(part).hexdigest() for part in parts]
    assert source["sha256"] == hashlib.sha256(b"".join(parts)).hexdigest()


def test_an_archive_with_its_version_in_the_address_is_pinned(
    project: Project, server: dict[str, bytes]
) -> None:
    address = "https://example.org/my-chart-1.2.3.tgz"
    files = {"c/Chart.yaml": CHART, "c/crds/a.yaml": CRD}
    project.add(address)
    server[address] = packed(files)
    assert project.generate().kinds == ("example_org.v1.Widget",)
    server[address] = packed({**files, "c/README.md": "changed"})
    with pytest.raises(ImportSourceError, match="is pinned but has changed"):
        project.generate()


def test_a_file_that_differs_from_the_index_is_refused(project: Project, tmp_path: Path) -> None:
    project.add(f"made:={URL}")
    with pytest.raises(ImportSourceError, match="the index has 000"):
        project.generate(mirror(tmp_path / "m", data(), sha256="0" * 64))


def test_what_the_mirror_lacks_is_not_fetched(
    project: Project, tmp_path: Path, server: dict[str, bytes]
) -> None:
    url = URL.replace("v1.0.0", "v9")
    server[url] = data()
    project.add(f"made:={url}")
    with pytest.raises(ImportSourceError, match="is not in the mirror"):
        project.generate(mirror(tmp_path / "m", data()))


def test_a_folder_without_an_index_is_refused_as_a_mirror(project: Project, tmp_path: Path) -> None:
    project.add(f"made:={URL}")
    with pytest.raises(ImportSourceError, match="is not a valid mirror index"):
        project.generate(tmp_path)


def test_an_index_cannot_point_out_of_the_mirror(project: Project, tmp_path: Path) -> None:
    folder = mirror(tmp_path / "m", data())
    index = folder / "SOURCES.tsv"
    index.write_text(index.read_text().replace("0.yaml\t", "../secret\t"))
    project.add(f"made:={URL}")
    with pytest.raises(ImportSourceError, match="lies outside of the mirror"):
        project.generate(folder)


def test_a_url_is_fetched_without_a_mirror(project: Project, server: dict[str, bytes]) -> None:
    server[URL] = data()
    project.add(f"made:={URL}")
    assert project.generate().kinds == ("made.v1.Widget",)


def test_a_pinned_address_that_changes_is_refused(
    project: Project, server: dict[str, bytes]
) -> None:
    project.add(f"made:={URL}")
    server[URL] = data()
    project.generate()
    server[URL] = data("Other")
    with pytest.raises(ImportSourceError, match="is pinned but has changed"):
        project.generate()
    assert (project.tree / "made/v1/widget.py").exists()


def test_a_local_file_may_change(project: Project) -> None:
    project.write("a.yaml", crd())
    project.generate()
    project.write("a.yaml", crd(kind="Other"))
    assert project.generate().kinds == ("example_org.v1.Other",)
