"""The files that .helmignore leaves are those that Helm loads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from helm_python import Chart

from kubestrata.core.errors import ImportSourceError
from kubestrata.helm.chart_folder import files_of, loaded
from tests.helm.chart import CONFIG, write_chart

FILES = {
    "README.md": "a",
    "values.yaml": "a: 1\n",
    "ci/a.yaml": "a",
    "ci/b.txt": "a",
    "docs/ci/c.txt": "a",
    "docs/d.txt": "a",
    "templates/a.yaml": CONFIG,
    "templates/.hidden": "a",
    "templates/tests/a.txt": "a",
    "x1.bak": "a",
    "sub/x2.bak": "a",
    "a[1].txt": "a",
}


@pytest.mark.parametrize(
    "rules",
    [
        "",
        "ci/",
        "/ci",
        "docs/ci",
        "*.bak",
        "x?.bak\n# README.md\n\n  docs/  ",
        "x[0-1].bak",
        "x[^1].bak",
        "templates/tests/",
        "!*.*",
        "a\\[1\\].txt",
        "docs/*.txt",
        "*/c.txt",
        "ci/*\n",
    ],
)
def test_ignored_files_are_those_of_helm(tmp_path: Path, rules: str) -> None:
    folder = write_chart(tmp_path / "shop", {**FILES, ".helmignore": rules})
    with Chart.load(folder) as chart:
        names = {each["name"] for each in (*chart.files, *chart.templates)}
    own = {"Chart.yaml", "values.yaml"}
    assert set(files_of(folder)) - own == names - own
    data = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert set(loaded("shop", data)) == set(files_of(folder))


def test_a_rule_that_helm_refuses_is_refused(tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "shop", {".helmignore": "**/a\n"})
    with pytest.raises(ImportSourceError, match="double stars"):
        files_of(folder)


def test_links_and_devices_are_not_read(tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "shop", {"templates/a.yaml": CONFIG})
    (folder / "secret.txt").symlink_to("/etc/passwd")
    (folder / "all").symlink_to("/etc")
    assert set(files_of(folder)) == {"Chart.yaml", "templates/a.yaml"}
    os.mkfifo(folder / "pipe")
    with pytest.raises(ImportSourceError, match="is not a regular file"):
        files_of(folder)
