"""The hook that checks commit subjects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HOOK = Path(__file__).resolve().parents[2] / ".ci" / "commit_subject.py"


def check(folder: Path, message: str) -> subprocess.CompletedProcess[str]:
    file = folder / "COMMIT_EDITMSG"
    file.write_text(message)
    return subprocess.run([sys.executable, HOOK, file], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "subject",
    [
        "Remove unused ClusterTree.workloads_in",
        "Generate XRD schemas from the construct argument types",
        "Pass references through Helm values",
        "Embed the node guard",
        "Bring the charts' objects into the tree",
        "Focus the test of the writer",
        "Merge branch 'network' into main",
        'Revert "Add a thing that did not work"',
        "fixup! Add a thing",
    ],
)
def test_an_imperative_subject_is_accepted(tmp_path: Path, subject: str) -> None:
    assert check(tmp_path, f"{subject}\n\nWhy it is so.\n# comment\n").returncode == 0


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("Added a test", "'Added' is not an imperative verb"),
        ("Adding a test", "'Adding' is not an imperative verb"),
        ("Adds a test", "'Adds' is not an imperative verb"),
        ("Nothing asks for the workloads any more", "'Nothing' is not an imperative verb"),
        ("What is declared once is what the API takes", "'What' is not an imperative verb"),
        ("The changelog names both platforms", "'The' is not an imperative verb"),
        ("add a test", "starts with a small letter"),
        ("Add a test.", "ends with a full stop"),
        ("Add " + "x" * 69, "has 73 characters; the limit is 72"),
        ("", "is empty"),
    ],
)
def test_any_other_subject_is_refused_with_the_fix(
    tmp_path: Path, subject: str, fault: str
) -> None:
    done = check(tmp_path, f"# comment\n{subject}\n")
    assert done.returncode == 1
    assert fault in done.stderr
    assert "fix: write what the commit does" in done.stderr
