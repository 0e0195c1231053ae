"""The example of the guide to Argo CD runs, and writes the files that the guide lists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "argo-cd.md"
PYTHON = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
(LISTED,) = re.findall(r"```text\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_example_writes_the_files_that_the_guide_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {}
    exec(compile(PYTHON[0], str(GUIDE), "exec"), scope)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml"))
    assert found == LISTED.splitlines()
    exec(compile(PYTHON[1], str(GUIDE), "exec"), scope)
    assert list(scope["values"]["configs"]["cm"]) == [
        "resource.customizations.health.argoproj.io_Application"
    ]
