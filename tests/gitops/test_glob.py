from __future__ import annotations

import pytest

from kubestrata.gitops.glob import matches_files, matches_folder, matches_pathspec


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.yaml", "a.yaml", True),
        ("*.yaml", "deep/a.yaml", True),
        ("*.yaml", "a.yml", False),
        ("{*.yml,*.yaml}", "a.yml", True),
        ("{ci/*,x}", "x", True),
        ("a?c", "abc", True),
        ("[!a]*", "b", True),
        ("[!a]*", "a", False),
        ("[a-c]x", "bx", True),
        (r"\*", "*", True),
        (r"\*", "a", False),
        ("a,b", "a,b", True),
        ("[", "[", False),
        ("{a", "a", False),
        ("\\", "a", False),
        ("(a+)+$", "a", False),
    ],
)
def test_include_and_exclude(pattern: str, path: str, *, matches: bool) -> None:
    assert matches_files(pattern, path) is matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("apps/*", "apps/a", True),
        ("apps/*", "apps/a/b", False),
        ("*", "a", True),
        ("apps/[fg]", "apps/f", True),
        ("tenants/**/base", "tenants/a/base", True),
        ("tenants/**/base", "tenants/a/b/base", False),
        ("{a,b}", "a", False),
    ],
)
def test_folders_of_a_generator(pattern: str, path: str, *, matches: bool) -> None:
    assert matches_folder(pattern, path) is matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("apps/*/c.json", "apps/a/b/c.json", True),
        ("apps", "apps/a", True),
        ("apps/**/c.json", "apps/c.json", False),
        ("apps/c.json", "apps/d.json", False),
    ],
)
def test_files_of_a_generator(pattern: str, path: str, *, matches: bool) -> None:
    assert matches_pathspec(pattern, path) is matches
