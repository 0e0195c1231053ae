"""The words of a command line, and the errors for those that cannot be understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.cli.command import parser_of
from kubestrata.cli.format import Format
from kubestrata.cli.option import HelpWanted, UsageError
from tests.small_project import Project


def test_options_stand_anywhere_among_the_arguments() -> None:
    values = parser_of("import").values(["a", "--mirror", "m", "b", "--check"])
    assert (values["sources"], values["mirror"], values["verify"]) == (["a", "b"], Path("m"), True)


def test_two_dashes_end_the_options() -> None:
    values = parser_of("explain").values(["--output=json", "--", "--file"])
    assert values == {"file": Path("--file"), "output": Format.JSON}


def test_the_mirror_may_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBESTRATA_MIRROR", "there")
    assert parser_of("import").values([])["mirror"] == Path("there")
    monkeypatch.setenv("KUBESTRATA_MIRROR", "")
    assert parser_of("import").values([])["mirror"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("explain", "required: file"),
        ("explain a b", "unrecognized arguments: b"),
        ("explain a --outpu json", "unrecognized arguments: --outpu"),
        ("diff --output", "--output: expected one argument"),
        ("diff --output xml", "--output: 'xml' is not one of 'text', 'json'"),
    ],
)
def test_an_invalid_command_line_is_refused(words: str, said: str) -> None:
    name, *others = words.split()
    with pytest.raises(UsageError, match=said) as caught:
        parser_of(name).values(others)
    assert caught.value.usage.startswith(f"usage: kubestrata {name}")


def test_help_takes_precedence_over_missing_arguments() -> None:
    with pytest.raises(HelpWanted, match="Example: kubestrata explain dist"):
        parser_of("explain").values(["--help"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("synt", "no such command: 'synt'; did you mean 'synth'?"),
        ("--output json", "unrecognized arguments: --output"),
        ("synth extra", "unrecognized arguments: extra"),
        ("", "no command"),
    ],
)
def test_a_command_that_is_not_understood_exits_2(project: Project, words: str, said: str) -> None:
    done = project.run(*words.split())
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("usage: kubestrata")
    assert f"error: {said}" in done.err
