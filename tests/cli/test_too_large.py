"""Input that is too large for Python or for memory is reported with its location and a fix."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kubestrata.bindings.source.document import SourceProblem, read_documents
from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.yaml_read import load_all
from tests.small_project import Project

DIGITS = "7" * 5000
END = "build().synth()"
RAW = "RawResource(web, 'raw', {'apiVersion': 'v1', 'kind': 'ConfigMap', 'data': DATA})"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{'x': 10**5000}", "an integer of 16610 bits cannot be written"),
        ("{10**5000: 'x'}", "a key cannot be written: it is an integer of more than 64 bits"),
    ],
)
def test_an_integer_of_thousands_of_digits_names_its_line(
    project: Project, data: str, message: str
) -> None:
    project.edit("Namespace, Platform\n", "Namespace, Platform, RawResource\n")
    project.edit('NAMES = ["web", "api", "db"]', 'NAMES = ["web"]')
    project.edit("    return platform\n", f"    {RAW.replace('DATA', data)}\n    return platform\n")
    done = project.run("check")
    assert done.code == 2
    assert done.err.startswith("error main.py:")
    assert message in done.err
    assert "64 bits" in done.err
    assert "fix: write it as text" in done.err


@pytest.mark.parametrize("text", [f"a: {DIGITS}", f"a: -{DIGITS}", f"a: +{DIGITS}"])
def test_an_integer_of_thousands_of_digits_is_text_as_for_kubernetes(text: str) -> None:
    assert load_all(text, "a.yaml") == [{"a": text.removeprefix("a: ")}]


def test_an_imported_file_with_such_an_integer_names_its_line() -> None:
    (found,) = read_documents(f"\na: {DIGITS}\n")
    assert isinstance(found, SourceProblem)
    assert "Exceeds the limit (4300 digits)" in found.reason
    assert "sys.set_int" not in found.reason


def test_too_little_memory_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def compose(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(yaml, "compose_all", compose)
    with pytest.raises(YamlSyntaxError, match=r"^apps/a.yaml: document: out of memory; split"):
        load_all("a: 1", "apps/a.yaml")


def test_too_little_memory_in_main_py_names_the_line(project: Project, tmp_path: Path) -> None:
    project.edit(END, "' ' * 10**15")
    done = project.run("check")
    line = (tmp_path / "main.py").read_text().splitlines().index("    ' ' * 10**15") + 1
    assert done.code == 2
    assert f"main.py:{line}: MemoryError: out of memory" in done.err
    assert "fix: run it with more memory" in done.err
