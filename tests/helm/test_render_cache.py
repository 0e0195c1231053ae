"""Results of earlier renderings are used while everything that they depend on is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.store import ChartStore, chart_at
from kubestrata.helm.worker_pool import WorkerPool
from tests.helm.chart import CONFIG, HEAD, archived, config, write_chart


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of releases that each call gives to workers."""
    counts: list[int] = []
    run = WorkerPool.run

    def counting(pool: WorkerPool, works: object) -> object:
        assert isinstance(works, list)
        counts.append(len(works))
        return run(pool, works)

    monkeypatch.setattr(WorkerPool, "run", counting)
    return counts


def render(store: ChartStore, *releases: Release) -> list[Rendered | NotRendered]:
    with Renderer(store, processes=1) as renderer:
        return renderer.render_all(releases)


def test_a_result_is_kept_until_something_changes(tmp_path: Path, counted: list[int]) -> None:
    store = ChartStore(tmp_path / "store")
    asked = '{{ .Capabilities.APIVersions.Has "a.example.com/v1" }}'
    text = config(a="{{ .Values.a }}", k="{{ .Capabilities.KubeVersion }}", v=f"'{asked}'")
    release = Release(
        chart_at(write_chart(tmp_path / "c", {"templates/a.yaml": text})), "web", "prod", {"a": "1"}
    )
    changed = [
        replace(release, name="other"),
        replace(release, namespace="other"),
        replace(release, values={"a": "2"}),
        replace(release, kubernetes="1.34"),
        replace(release, api_versions=frozenset({"a.example.com/v1"})),
        replace(release, is_upgrade=True),
    ]
    first = render(store, release)
    assert render(store, release) == first
    assert render(store, release, release, *changed)[:2] == first * 2
    others = replace(release, api_versions=frozenset({"b.example.com/v1"}))
    assert render(store, others) == first
    assert counted == [1, 0, len(changed), 0]
    write_chart(tmp_path / "c", {"templates/a.yaml": text + "  z: z\n"})
    render(store, replace(release, chart=chart_at(tmp_path / "c")))
    assert counted[-1] == 1


def test_a_refusal_is_kept_too(tmp_path: Path, counted: list[int]) -> None:
    chart = chart_at(write_chart(tmp_path / "c", {"templates/a.yaml": '{{ fail "no" }}'}))
    first = render(ChartStore(tmp_path / "store"), Release(chart, "web", "prod"))
    assert render(ChartStore(tmp_path / "store"), Release(chart, "web", "prod")) == first
    assert counted == [1, 0]


@pytest.mark.parametrize("damage", [b"", b"\x00" * 9, b"\x83\xa8rendered", "cut"])
def test_a_damaged_file_is_rendered_again(
    tmp_path: Path, counted: list[int], damage: bytes | str
) -> None:
    store = ChartStore(tmp_path / "store")
    chart = chart_at(write_chart(tmp_path / "c", {"templates/a.yaml": CONFIG}))
    first = render(store, Release(chart, "web", "prod"))
    files = [each for each in (tmp_path / "store/rendered").rglob("*") if each.is_file()]
    (path,) = (each for each in files if not each.suffix)
    for note in set(files) - {path}:
        note.write_bytes(b"{")
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(path.read_bytes()[:-5] if isinstance(damage, str) else damage)
    assert render(store, Release(chart, "web", "prod")) == first
    assert render(store, Release(chart, "web", "prod")) == first
    assert counted == [1, 1, 0]


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    chart = chart_at(write_chart(tmp_path / "c", {"templates/a.yaml": CONFIG}))
    (found,) = render(ChartStore(tmp_path / "file/store"), Release(chart, "web", "prod"))
    assert isinstance(found, Rendered)


def test_a_changed_sub_chart_of_the_store_is_rendered_again(
    tmp_path: Path, counted: list[int]
) -> None:
    def sub(text: str) -> bytes:
        head = "apiVersion: v2\nname: db\nversion: 0.1.0\n"
        return archived({"Chart.yaml": head, "templates/a.yaml": text}, "db")

    head = f"{HEAD}dependencies: [{{name: db, version: 0.1.0, repository: ''}}]\n"
    chart = chart_at(write_chart(tmp_path / "c", {}, head))
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for text in (CONFIG, CONFIG.replace("shop", "other")):
        (shelf / "db.tgz").write_bytes(sub(text))
        for _ in range(2):
            store = ChartStore(tmp_path / "store", [shelf])
            (found,) = render(store, Release(chart, "web", "prod"))
            assert isinstance(found, Rendered)
            assert found.objects[0].manifest["metadata"]["name"] in text
    assert counted == [1, 0, 1, 0]
