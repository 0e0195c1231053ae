"""The code of these pages of the guide passes its own tests, mypy and pyright, both strict."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.guide_code import mypy_errors, pyright_errors, run_tests, write_code

PAGES = ["ordinary-components", "testing"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of its own for the code of each page."""
    top = tmp_path_factory.mktemp("guide")
    for page in PAGES:
        (top / page).mkdir()
        assert write_code(f"{page}.md", top / page)
    return top


@pytest.mark.parametrize("page", PAGES)
def test_the_tests_on_a_page_pass(written: Path, page: str) -> None:
    code = written / page
    done = run_tests(code, "--snapshot-update")
    assert done.returncode == 0, done.stdout + done.stderr
    with_snapshots = [f"{each.name}.py" for each in code.glob("__snapshots__/*")]
    assert bool(with_snapshots) == (page == "testing")
    if with_snapshots:
        again = run_tests(code, *with_snapshots)
        assert again.returncode == 0, again.stdout + again.stderr
        assert re.search(r"\d snapshots? passed", again.stdout)


def test_mypy_finds_no_error_on_any_page(written: Path) -> None:
    assert mypy_errors(written) == []


def test_pyright_finds_no_error_on_any_page(written: Path) -> None:
    assert pyright_errors(written) == []
