"""Standard output holds the result and nothing else, and is never silently incomplete."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.small_project import COMMAND, Project

END = "build().synth()"
READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "sarif": json.loads,
    "junit": ET.fromstring,
    "github": lambda text: [line for line in text.splitlines() if not line.startswith("::")],
}
EXITS = {
    "sys.exit(0)": "main.py ends here with exit code 0",
    "sys.exit()": "main.py ends here with exit code 0",
    "sys.exit(3)": "main.py ends here with exit code 3",
    "sys.exit('no license')": "main.py ends here with: no license",
    "build().synth(); sys.exit(3)": "main.py ends here with exit code 3",
    "os._exit(0)": "main.py ends here with exit code 0",
    "os.execv('/bin/true', ['true'])": "main.py ends here with: os.execv: another program",
    "build().synth(); os.execle('/bin/true', 'true', {})": "main.py ends here with: os.execve",
    "raise Silent": "Silent: (its text cannot be shown: ZeroDivisionError)",
    "raise Final": "Final: it is over",
    "import click; raise click.exceptions.Exit(0)": "Exit: 0",
    "raise GeneratorExit": "GeneratorExit",
    "sys.stdout.close(); sys.stderr.close(); os.close(1); raise Final": "Final: it is over",
    "raise Clean('a', 'b', 'c')": "a: b: c",
}
OWN = """\
import os
import sys
from kubestrata.core.errors import KubestrataError


class Silent(Exception):
    def __str__(self) -> str:
        return str(1 / 0)


class Final(BaseException):
    def __str__(self) -> str:
        return "it is over"


class Clean(KubestrataError):
    exit_code = 0


"""


def ending(project: Project, end: str) -> None:
    main = project.root / "main.py"
    main.write_text(OWN + main.read_text().replace(END, end))


@pytest.mark.parametrize("end", EXITS)
def test_an_exit_of_main_py_is_a_failure_with_its_line(project: Project, end: str) -> None:
    ending(project, end)
    done = project.run("check", "--output", "json")
    line = next(
        number
        for number, text in enumerate((project.root / "main.py").read_text().splitlines(), 1)
        if end in text
    )
    assert done.code == 2
    error = json.loads(done.out)["error"]
    assert EXITS[end] in f"{error['where']}: {error['what']}: {error['why']}"
    if "Clean" not in end:
        assert error["where"] == f"main.py:{line}"
    assert EXITS[end] in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("code", ["0", "None", "False"])
def test_main_py_may_end_with_sys_exit_after_its_work(project: Project, code: str) -> None:
    ending(project, f"build().synth(); sys.exit({code})")
    assert project.run("synth").code == 0
    assert (project.dist / "c1").is_dir()
    assert project.run("diff").out == "no difference\n"


def test_an_exit_while_objects_are_derived_is_a_failure(project: Project) -> None:
    project.edit(
        "    return platform\n",
        "    import kubestrata.synth.synthesis\n"
        "    kubestrata.synth.synthesis.deliver = lambda *_: exec('raise SystemExit(0)')\n"
        "    return platform\n",
    )
    done = project.run("explain", "c1/x", "--output", "json")
    assert (done.code, json.loads(done.out)["error"]["what"]) == (2, "SystemExit")


@pytest.mark.parametrize("output", READERS)
@pytest.mark.parametrize("end", [END, "raise ValueError('broken')"])
def test_what_main_py_prints_is_not_in_the_result(project: Project, output: str, end: str) -> None:
    loud = (
        "print('out-print'); os.write(1, b'out-write\\n'); sys.__stdout__.write('out-direct\\n')\n"
        "    import subprocess; subprocess.run(['echo', 'out-started'], check=True)\n"
        "    import atexit; atexit.register(print, 'out-at-exit')\n"
        f"    {end}"
    )
    ending(project, loud)
    done = project.run("check", "--output", output)
    assert done.code == (0 if end == END else 2)
    assert READERS[output](done.out) is not None
    for text in ("out-print", "out-write", "out-direct", "out-started", "out-at-exit"):
        assert text in done.err
        assert text not in done.out
    if output == "github":
        assert READERS[output](done.out) == []


@pytest.mark.parametrize("command", [["diff"], ["graph"], ["explain", "x"], ["check"]])
def test_a_failure_is_a_json_document_of_every_command(
    project: Project, command: list[str]
) -> None:
    project.edit(END, "print('loading'); 1 / 0")
    done = project.run(*command, "--output", "json")
    assert done.code == 2
    error = json.loads(done.out)["error"]
    assert error["what"] == "ZeroDivisionError"
    assert error["where"].startswith("main.py:")


def test_sarif_and_junit_say_that_nothing_was_checked(project: Project) -> None:
    project.edit(END, "1 / 0")
    sarif = json.loads(project.run("check", "--output", "sarif").out)["runs"][0]
    (invocation,) = sarif["invocations"]
    assert (sarif["results"], invocation["executionSuccessful"]) == ([], False)
    assert "ZeroDivisionError" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    junit = ET.fromstring(project.run("check", "--output", "junit").out)
    assert (junit.get("errors"), junit[0][0][0].tag) == ("1", "error")


def piped(project: Project, script: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", script.replace("kubestrata", str(COMMAND))],
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", ["check", "--help", "--version", "diff --output json"])
def test_a_result_that_cannot_be_written_is_a_failure(project: Project, command: str) -> None:
    for target in ("/dev/full", "&-"):
        code, said = piped(project, f"kubestrata {command} >{target}")
        assert code == 2
        assert "error" in said
        assert "Traceback" not in said
        assert "Exception ignored" not in said


@pytest.mark.parametrize("command", ["check", "--help", "graph --output mermaid"])
def test_a_reader_that_leaves_ends_the_command_quietly(project: Project, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [COMMAND, *command.split()],
        cwd=project.root,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")


def test_a_closed_standard_error_changes_no_result(project: Project) -> None:
    code, _ = piped(project, "kubestrata check >out 2>&-")
    assert code == 0
    assert "0 errors" in (project.root / "out").read_text()


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_as_the_environment_wants_them(
    project: Project, env: dict[str, str], *, coloured: bool
) -> None:
    clean = {"NO_COLOR": "", "FORCE_COLOR": ""}
    for command in (["diff"], ["check"], ["explain", "nothing"]):
        done = project.run(*command, env={**clean, **env})
        if command != ["check"]:
            assert ("\x1b[" in done.out + done.err) is coloured


FORGED = "x\n::error::forged\r\x1b[2K\x07\u202e##[error]forged"


def test_names_and_texts_of_main_py_cannot_forge_output(project: Project) -> None:
    project.edit(END, f"raise ValueError({FORGED!r})")
    outputs = ("text", "json", "sarif", "junit", "github")
    runs = [project.run("--trace", "check", "--output", each) for each in outputs]
    assert [each.code for each in runs] == [2] * 5
    for done, output in zip(runs, outputs, strict=True):
        for line in (done.out + done.err).splitlines():
            assert output == "github" or not line.lstrip().startswith("::")
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(done.out + done.err)
        assert "##[" not in done.out + done.err
    assert FORGED in json.loads(runs[1].out)["error"]["why"]
    commands = [line for line in runs[4].out.splitlines() if line.startswith("::")]
    assert len(commands) == 1


def test_names_in_a_tree_cannot_forge_output(tmp_path: Path) -> None:
    tree = Path(__file__).parents[1] / "rules/fixtures/X03/left-behind"
    for path in tree.rglob("*.yaml"):
        target = tmp_path / path.relative_to(tree)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text())
    hostile = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": FORGED, "namespace": "shop"},
        "data": {FORGED: 1},
    }
    (tmp_path / "apps/hostile.yaml").write_text(json.dumps(hostile))
    for output in ("text", "json", "sarif", "junit", "github"):
        done = Project(tmp_path).run("check", ".", "--output", output)
        assert done.code == 1
        assert "forged" in done.out
        for line in done.out.splitlines():
            forged = line.lstrip().startswith("::") and "file=" not in line.partition(",")[0]
            assert not forged
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(done.out)
        assert "##[" not in done.out
        READERS.get(output, str)(done.out)
