"""Charts as sources: CRDs and values from an untrusted folder or archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubestrata.bindings import check
from kubestrata.bindings.source import archive
from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.core.errors import ImportSourceError
from tests.bindings.project import Project, crd

CHART = "name: my-chart\nversion: 1.2.3\n"
VALUES = json.dumps({"type": "object", "properties": {"replicas": {"type": "integer"}}})
CRD = json.dumps(crd())


def packed(files: Mapping[str, str | bytes], *members: tarfile.TarInfo) -> bytes:
    """An archive with these files, and members without content."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
        for member in members:
            made.addfile(member)
    return gzip.compress(stream.getvalue(), mtime=0)


def whole(**more: str | bytes) -> dict[str, str | bytes]:
    return {
        "c/Chart.yaml": CHART,
        "c/crds/a.yaml": CRD,
        "c/values.schema.json": VALUES,
        "c/templates/crd.yaml": "{{ not yaml",
        **more,
    }


def put(project: Project, data: bytes, entry: str = "my-chart-1.2.3.tgz") -> Path:
    path = project.folder / entry.rpartition(":=")[2]
    path.write_bytes(data)
    project.add(entry)
    return path


def unpacked(project: Project, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def refused(project: Project, data: bytes) -> str:
    put(project, data)
    started = time.monotonic()
    with pytest.raises(ImportSourceError) as caught:
        project.generate()
    assert time.monotonic() - started < 5
    assert not project.tree.exists()
    assert caught.value.where.startswith("my-chart-1.2.3.tgz")
    return str(caught.value)


def test_an_archive_gives_kinds_and_values(project: Project) -> None:
    data = packed(whole())
    put(project, data)
    report = project.generate()
    assert (report.kinds, report.values) == (("example_org.v1.Widget",), ("helm.my_chart",))
    assert report.problems == ()
    values = project.load("helm").my_chart.Values(replicas=2)
    assert msgspec.to_builtins(values) == {"replicas": 2}
    (source,) = json.loads((project.imports / "kubeapis.lock").read_text())["sources"]
    assert (source["version"], source["sha256"]) == ("1.2.3", hashlib.sha256(data).hexdigest())
    assert "my-chart-1.2.3.tgz/crds/a.yaml" in project.source("example_org/v1/widget.py")
    assert check(project.config, project.imports, None) == []
    assert sorted(each.name for each in project.folder.iterdir()) == [
        "cdk8s.yaml",
        "imports",
        "my-chart-1.2.3.tgz",
    ]


def test_a_folder_gives_the_same_under_the_name_given(project: Project) -> None:
    unpacked(project, whole())
    project.add("web:=c/")
    report = project.generate()
    assert (report.kinds, report.values) == (("web.v1.Widget",), ("helm.web",))
    first = (project.imports / "kubeapis.lock").read_text()
    (project.folder / "c/templates/crd.yaml").write_text("changed")
    assert check(project.config, project.imports, None) == []
    (project.folder / "c/crds/a.yaml").write_text(CRD + "\n")
    assert check(project.config, project.imports, None) == [
        "kubeapis.lock: does not match the sources"
    ]
    assert '"version": "1.2.3"' in first


def test_sub_charts_bring_their_definitions(project: Project) -> None:
    inner = packed({"d/Chart.yaml": CHART, "d/crds/x.yaml": json.dumps(crd(kind="Inner"))})
    more: dict[str, str | bytes] = {
        "c/charts/sub/crds/b.yaml": json.dumps(crd(kind="Sub")),
        "c/charts/sub/values.schema.json": "{",
        "c/charts/sub/charts/deep/crds/deeper/c.yml": json.dumps(crd(kind="Deep")),
        "c/charts/inner-1.0.0.tgz": inner,
        "c/docs/crds/d.yaml": json.dumps(crd(kind="Elsewhere")),
        "c/crds/readme.md": "no yaml",
    }
    expected = [f"example_org.v1.{kind}" for kind in ("Deep", "Inner", "Sub", "Widget")]
    put(project, packed(whole(**more)))
    assert list(project.generate().kinds) == expected
    unpacked(project, whole(**more))
    project.config.write_text("imports: [c]")
    assert list(project.generate().kinds) == expected


def test_a_chart_may_have_one_without_the_other(project: Project) -> None:
    put(project, packed({"c/Chart.yaml": CHART, "c/values.schema.json": VALUES}), "a.tgz")
    put(project, packed({"c/Chart.yaml": CHART, "c/crds/a.yaml": CRD}), "b:=b.tar.gz")
    report = project.generate()
    assert (report.kinds, report.values) == (("b.v1.Widget",), ("helm.my_chart",))


def test_a_chart_with_neither_is_an_error(project: Project) -> None:
    text = refused(project, packed({"c/Chart.yaml": CHART, "c/crds/a.yaml": "kind: Secret"}))
    assert "it has neither CRDs in crds/ nor values.schema.json" in text


def test_import_reports_problems_of_a_chart_and_keeps_the_rest(project: Project) -> None:
    more = {"c/crds/bad.yaml": "a: 1\n---\na: [\n", "c/values.schema.json": "{}"}
    put(project, packed(whole(**more)))
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)
    assert [problem.rpartition(": ")[0] for problem in report.problems] == [
        "my-chart-1.2.3.tgz/values.schema.json: nothing to import",
        "my-chart-1.2.3.tgz/crds/bad.yaml:4: not readable as YAML",
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"c/crds/a.yaml": CRD}, "is not a valid chart: has no Chart.yaml"),
        ({"c/Chart.yaml": "[", "c/crds/a.yaml": CRD}, "has no name"),
        ({"c/Chart.yaml": "name: a", "c/crds/a.yaml": CRD}, "has no version"),
        (
            {"c/Chart.yaml": CHART, "c/crds/a.yaml": b"\xff", "c/crds/b.yaml": "a: ["},
            "cannot be read: 2 problems\n  my-chart-1.2.3.tgz/crds/a.yaml: is not UTF-8 text",
        ),
        ({"c/Chart.yaml": CHART, "c/values.schema.json": "{"}, "values.schema.json:2: cannot be"),
        (whole(**{"../evil/crds/a.yaml": CRD}), "'../evil/crds/a.yaml' leads out of it"),
        (whole(**{"c/crds/../../a.yaml": CRD}), "leads out of it"),
        (whole(**{"/etc/crds/a.yaml": CRD}), "a member is called '/etc/crds/a.yaml'"),
        (whole(**{"c\\crds\\a.yaml": CRD}), "a member is called"),
        (whole(**{"./c/crds//a.yaml": CRD}), "'c/crds/a.yaml' is in it twice"),
    ],
)
def test_an_archive_without_a_chart_or_with_unsafe_names_is_refused(
    project: Project, files: Mapping[str, str | bytes], expected: str
) -> None:
    assert expected in refused(project, packed(files))


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_links_and_devices_are_passed_over(project: Project) -> None:
    members = [
        special("c/crds/link.yaml", tarfile.SYMTYPE, "/etc/passwd"),
        special("c/crds/hard.yaml", tarfile.LNKTYPE, "c/crds/a.yaml"),
        special("c/crds/device.yaml", tarfile.CHRTYPE),
        special("c/crds/pipe.yaml", tarfile.FIFOTYPE),
        special("c/crds", tarfile.DIRTYPE),
    ]
    put(project, packed(whole(), *members))
    report = project.generate()
    assert (report.kinds, report.problems) == (("example_org.v1.Widget",), ())


def test_sparse_files_are_refused(project: Project) -> None:
    """A sparse file of a few bytes can stand for terabytes of zeros."""
    data = packed(whole(), special("c/crds/sparse.yaml", tarfile.GNUTYPE_SPARSE))
    assert "is not a valid tar archive: a member is sparse" in refused(project, data)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.org/values.schema.json"},
        {"type": "object", "anyOf": [{"properties": {"a": {"type": "string"}}}]},
        "{",
    ],
)
def test_a_schema_that_cannot_be_used_gives_way_to_values_yaml(
    project: Project, schema: object
) -> None:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    files = {"c/Chart.yaml": CHART, "c/values.schema.json": text, "c/values.yaml": "replicas: 1\n"}
    put(project, packed(files))
    [problem] = project.generate().problems
    assert problem.startswith("my-chart-1.2.3.tgz/values.schema.json")
    assert problem.endswith("; the keys of values.yaml are used")
    assert project.load("helm.my_chart").Values(replicas=2).replicas == 2


def test_an_unreadable_values_yaml_is_ignored_beside_a_schema(project: Project) -> None:
    put(project, packed(whole(**{"c/values.yaml": b"\xff\xfe"})))
    assert project.generate().problems == ()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_common_form_is_read(project: Project, form: int) -> None:
    deep = f"c/crds/{'d' * 60}/{'e' * 60}/a.yaml"
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form, pax_headers={"comment": "x"}) as made:
        for name, text in {"c/Chart.yaml": CHART, deep: CRD}.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(text), 1.5 if form == tarfile.PAX_FORMAT else 1
            made.addfile(info, io.BytesIO(text.encode()))
    put(project, gzip.compress(stream.getvalue(), mtime=0))
    assert project.generate().kinds == ("example_org.v1.Widget",)


def extended(kind: bytes, data: bytes) -> bytes:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, len(data)
    return info.tobuf(tarfile.USTAR_FORMAT) + data + b"\0" * (-len(data) % 512)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (extended(tarfile.XHDTYPE, b"1" * 10_000_000), "an extended header is too long"),
        (extended(tarfile.XHDTYPE, b"1" * 60_000), "an extended header cannot be read"),
        (extended(tarfile.XHDTYPE, b"11 path=../a\n"), "an extended header cannot be read"),
        (extended(tarfile.XHDTYPE, b"13 path=../a\n"), "'../a' leads out of it"),
        (extended(tarfile.XHDTYPE, b"22 GNU.sparse.major=1\n"), "a member is sparse"),
        (extended(tarfile.XHDTYPE, b"11 size=-1\n"), "a number is not valid"),
        (extended(tarfile.XHDTYPE, b"21 size=999999999999\n"), "it is cut off"),
        (extended(tarfile.XGLTYPE, b"10 path=a\n"), "a global header sets one name or size"),
        (extended(tarfile.GNUTYPE_LONGNAME, b"/etc/passwd\0"), "a member is called '/etc/passwd'"),
        (extended(b"x", b"")[:148] + b"0" * 364, "a checksum is wrong"),
    ],
)
def test_an_extended_header_that_lies_is_refused(
    project: Project, head: bytes, expected: str
) -> None:
    data = head + gzip.decompress(packed(whole()))
    assert expected in refused(project, gzip.compress(data, 1, mtime=0))


def test_links_in_a_folder_are_not_followed_and_reported(project: Project) -> None:
    unpacked(project, whole())
    (project.folder / "secret.yaml").write_text(json.dumps(crd(kind="Secret")))
    (project.folder / "c/crds/link.yaml").symlink_to(project.folder / "secret.yaml")
    (project.folder / "c/crds/more").symlink_to(project.folder)
    (project.folder / "c/crds/gone.yaml").symlink_to("nowhere.yaml")
    (project.folder / "c/README.md").symlink_to("nowhere.md")
    project.add("c")
    report = project.generate()
    assert report.kinds == ("example_org.v1.Widget",)
    why = "is a link, which is not followed; replace it by the file"
    assert report.problems == tuple(
        f"c/{name}: {why}" for name in ("crds/gone.yaml", "crds/link.yaml", "crds/more")
    )


@pytest.mark.usefixtures("returned_memory")
def test_a_bomb_fails_fast(project: Project) -> None:
    bomb = gzip.compress(b"\0" * (MAX_BYTES * 4), 9, mtime=0)
    assert len(bomb) < 1_000_000
    assert "unpacks to more than 67108864 bytes" in refused(project, bomb)


@pytest.mark.usefixtures("returned_memory")
def test_bombs_in_an_archive_share_its_limit(project: Project) -> None:
    part = gzip.compress(b"\0" * (MAX_BYTES // 2 + 1), 9, mtime=0)
    more: dict[str, Any] = {"c/charts/a.tgz": part, "c/charts/b.tgz": part}
    assert "charts/b.tgz: cannot be unpacked: unpacks to more" in refused(
        project, packed(whole(**more))
    )


def test_archives_in_archives_have_an_end(project: Project) -> None:
    data = packed({"c/Chart.yaml": CHART})
    for _ in range(8):
        data = packed({"c/Chart.yaml": CHART, "c/charts/c.tgz": data})
    assert "more than 5 levels deep" in refused(project, data)


def test_too_many_members_are_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive.Allowance, "__init__", _two_members)
    assert "members" in refused(project, packed(whole()))


def _two_members(self: archive.Allowance) -> None:
    self.bytes, self.members = MAX_BYTES, 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "is cut off"),
        (b"no gzip", "is not a valid gzip file"),
        (packed(whole())[:-20], "is cut off"),
        (
            gzip.compress(b"no tar" * 1_000, mtime=0),
            "is not a valid tar archive: a number is not valid",
        ),
        (gzip.compress(b"", mtime=0), "is not a valid tar archive: it is cut off"),
    ],
)
def test_a_damaged_archive_is_refused(project: Project, data: bytes, expected: str) -> None:
    assert expected in refused(project, data)


def test_a_member_that_claims_more_than_there_is_is_refused(project: Project) -> None:
    info = tarfile.TarInfo("c/crds/a.yaml")
    info.size = 10**12
    header = info.tobuf(tarfile.GNU_FORMAT)
    assert "my-chart" in refused(project, gzip.compress(header + b"x" * 512, mtime=0))


def test_an_archive_in_the_mirror_answers_for_its_address(project: Project, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    data = packed(whole())
    (mirror / "c.tar.gz").write_bytes(data)
    row = f"c.tar.gz\tv1@abc\tgithub.com/o/r\tc.tar.gz\t{hashlib.sha256(data).hexdigest()}"
    (mirror / "SOURCES.tsv").write_text(f"file\tversion_commit\trepo\tpath\tsha256\n{row}\n")
    project.add("https://raw.githubusercontent.com/o/r/v1/c.tar.gz")
    assert project.generate(mirror).kinds == ("example_org.v1.Widget",)
