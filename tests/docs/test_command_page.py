"""The reference of the command describes every command as it is."""

from __future__ import annotations

import pytest

from kubestrata.cli.command import COMMANDS, parser_of, program
from tests.docs.command_page import PAGE, page


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_is_described(name: str) -> None:
    actions = (*program()._actions, *parser_of(name)._actions)
    assert [action.dest for action in actions if not action.help] == []
