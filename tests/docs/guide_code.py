"""The code of a page of the guide, as files in a folder: each block begins with its file's name."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.type_check import mypy

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"```python\n# (\S+\.py)\n(.*?)```", re.DOTALL)
_LIBRARY = (str(ROOT / "lib"), str(ROOT / "imports"))


def write_code(page: str, folder: Path) -> list[str]:
    """Write the files of a page into a folder; return their names."""
    text = (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8")
    found = dict(_BLOCK.findall(text))
    assert len(found) == text.count("```python\n"), "each block is a file of its own"
    for name, code in found.items():
        (folder / name).write_text(code, encoding="utf-8")
    return sorted(found)


def run_tests(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder as a user does."""
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return _run([*program, "--rootdir", str(folder)], folder)


def mypy_errors(folder: Path) -> list[str]:
    """Return the errors of mypy in its strict mode, in all files below a folder."""
    done = mypy(folder, ".", path=[ROOT / "lib", ROOT / "imports"])
    return [*done.stdout.splitlines(), *done.stderr.splitlines()]


def pyright_errors(top: Path) -> list[str]:
    """Return the errors of pyright in its strict mode, in folders that do not see each other."""
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": _LIBRARY}
    (top / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    program = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable]
    done = _run([*program, "."], top)
    result = json.loads(done.stdout)
    assert result["summary"]["filesAnalyzed"] == len(list(top.glob("*/*.py")))
    return [
        f"{each['file']}:{each['range']['start']['line'] + 1}: {each['message']}"
        for each in result["generalDiagnostics"]
    ]


def _run(program: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    paths = [*_LIBRARY, str(folder)]
    return subprocess.run(
        program,
        cwd=folder,
        env={
            "PYTHONPATH": ":".join(paths),
            "PATH": "",
            # what hypothesis knows of Unicode takes it two seconds
            "HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis"),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
