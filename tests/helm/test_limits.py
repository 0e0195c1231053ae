"""A chart can take neither the time nor the memory of the command, and workers end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.store import chart_at
from tests.helm.chart import CONFIG, Charts, write_chart

NEXT = '{{ include "dNEXT" . }}'
DOUBLING = "".join(
    '{{ define "dTHIS" }}NEXTNEXT{{ end }}'.replace("THIS", str(n))
    .replace("NEXT", NEXT)
    .replace("NEXT", str(n + 1))
    for n in range(60)
)
ENDLESS = f'{DOUBLING}{{{{ define "d60" }}}}{{{{ end }}}}{{{{ include "d0" . }}}}'
GIGABYTE = 'a: {{ repeat 1000000000 "a" }}'


def release(folder: Path, template: str) -> Release:
    return Release(chart_at(write_chart(folder, {"templates/a.yaml": template})), "web", "prod")


def workers_of(process: int) -> list[psutil.Process]:
    return [
        each
        for each in psutil.Process(process).children()
        if "kubestrata.helm.worker" in each.cmdline()
    ]


def test_an_endless_chart_is_reported_and_the_others_are_rendered(tmp_path: Path) -> None:
    charts = Charts(tmp_path, seconds=1)
    releases = [
        release(tmp_path / "one", CONFIG),
        release(tmp_path / "two", ENDLESS),
        release(tmp_path / "three", CONFIG.replace("shop", "other")),
    ]
    before = workers_of(os.getpid())
    with charts.renderer:
        first, second, third = charts.renderer.render_all(releases)
        assert second == NotRendered("took longer than 1 s")
        assert isinstance(first, Rendered)
        assert isinstance(third, Rendered)
        assert workers_of(os.getpid()) != before
    assert workers_of(os.getpid()) == before


def test_endless_charts_have_a_limit_together(tmp_path: Path) -> None:
    store, before = Charts(tmp_path).store, workers_of(os.getpid())
    endless = [release(tmp_path / name, ENDLESS + name) for name in ("one", "two", "three")]
    with Renderer(store, seconds=60, total_seconds=-2, processes=1) as renderer:
        found = renderer.render_all(endless)
        # one second more for each of the three
        assert set(found) == {NotRendered("all releases together took longer than 1 s")}
    assert workers_of(os.getpid()) == before


def test_no_writable_folder_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    charts = Charts(tmp_path)
    with charts.renderer:
        (found,) = charts.renderer.render_all([release(tmp_path / "one", CONFIG)])
    assert isinstance(found, Rendered)


def test_a_chart_that_makes_a_gigabyte_is_reported(tmp_path: Path) -> None:
    charts = Charts(tmp_path, memory_bytes=1 << 29)
    releases = [release(tmp_path / "one", GIGABYTE), release(tmp_path / "two", CONFIG)]
    with charts.renderer:
        first, second = charts.renderer.render_all(releases)
    assert first == NotRendered("needed more than 512 MB of memory")
    assert isinstance(second, Rendered)


def test_a_failure_of_this_machine_is_not_kept(tmp_path: Path) -> None:
    slow = release(tmp_path / "one", '{{ range until 50000 }}{{ "a" | sha256sum }}{{ end }}')
    with Charts(tmp_path, seconds=0.01).renderer as renderer:
        assert renderer.render_all([slow]) == [NotRendered("took longer than 0.01 s")]
    with Charts(tmp_path).renderer as renderer:
        assert "took longer" not in str(renderer.render_all([slow]))


def test_no_worker_is_started_without_a_release(tmp_path: Path) -> None:
    before = workers_of(os.getpid())
    with Charts(tmp_path).renderer as renderer:
        assert renderer.render_all([]) == []
        assert workers_of(os.getpid()) == before


def test_a_chart_that_changed_since_it_was_read_is_not_rendered(
    charts: Charts, tmp_path: Path
) -> None:
    found = release(tmp_path / "one", CONFIG)
    (tmp_path / "one/templates/a.yaml").write_text(CONFIG.replace("shop", "other"))
    (result,) = charts.renderer.render_all([found])
    assert isinstance(result, NotRendered)
    assert "has changed" in result.why


PROGRAM = """
    import sys
    from pathlib import Path
    from kubestrata.core.interruption import listen
    from kubestrata.helm.release import Release
    from kubestrata.helm.renderer import Renderer
    from kubestrata.helm.store import ChartStore, chart_at

    listen()
    release = Release(chart_at(Path(sys.argv[1])), "web", "prod")
    with Renderer(ChartStore(Path(sys.argv[2])), seconds=60) as renderer:
        renderer.render_all([release])
"""


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_a_command_that_is_interrupted(tmp_path: Path, number: int) -> None:
    chart = write_chart(tmp_path / "c", {"templates/a.yaml": ENDLESS})
    program = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(chart), str(tmp_path / "s")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(program, env=environment, stderr=subprocess.DEVNULL) as command:
        started = _wait(lambda: workers_of(command.pid))
        time.sleep(0.5)  # Helm is at work
        command.send_signal(number)
        command.wait(20)
    _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []


def _wait(find: object) -> list[psutil.Process]:
    assert callable(find)
    for _ in range(200):
        if found := find():
            return list(found)
        time.sleep(0.1)
    raise AssertionError("no worker was started")


def test_a_missing_engine_is_named_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow = tmp_path / "path" / "helm_python.py"
    shadow.parent.mkdir()
    shadow.write_text("raise ModuleNotFoundError(\"No module named 'helm_python'\")\n")
    monkeypatch.syspath_prepend(str(shadow.parent))
    releases = [release(tmp_path / "one", CONFIG), release(tmp_path / "two", CONFIG + "a: 1\n")]
    with Charts(tmp_path).renderer as renderer:
        found = renderer.render_all(releases)
    assert [str(each) for each in found] == [str(found[0])] * 2
    assert "pip install 'kubestrata[charts]'" in str(found[0])
