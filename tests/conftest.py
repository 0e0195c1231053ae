"""Common fixtures: repeatable examples, and schema sources if available."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every machine; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of schema sources beside this repository."""
    folder = ROOT.parent / "shared" / "schemas"
    if not (folder / "SOURCES.tsv").is_file():
        pytest.skip("no schema sources beside the repository")
    return folder
