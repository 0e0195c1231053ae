"""The code of these pages of the guide passes its own tests, mypy and pyright, both strict."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.guide_code import mypy_errors, pyright_errors, run_tests, write_code

PAGES = ["ordinary-components.md", "testing.md"]


def written(page: str, top: Path) -> Path:
    folder = top / page.removesuffix(".md")
    folder.mkdir()
    assert write_code(page, folder)
    return folder


@pytest.fixture(scope="module", params=PAGES)
def code(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(request.param, tmp_path_factory.mktemp("guide"))


def test_the_tests_on_a_page_pass(code: Path) -> None:
    done = run_tests(code, "--snapshot-update")
    assert done.returncode == 0, done.stdout + done.stderr
    again = run_tests(code)
    assert again.returncode == 0, again.stdout + again.stderr


def test_mypy_finds_no_error_on_a_page(code: Path) -> None:
    assert mypy_errors(code) == []


def test_pyright_finds_no_error_on_any_page(tmp_path: Path) -> None:
    assert pyright_errors([written(page, tmp_path) for page in PAGES], tmp_path) == []
