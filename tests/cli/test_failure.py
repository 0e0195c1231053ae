"""Fixes for errors that Python raises in a program."""

from __future__ import annotations

import pytest

from kubestrata.cli.failure import FAILED, report
from kubestrata.constructs import Scaling
from kubestrata.constructs.traffic import RoutesFrom


@pytest.mark.parametrize(
    ("owner", "name", "fix"),
    [
        (Scaling, "fixd", "fix: write 'fixed'"),
        (RoutesFrom, "zzz", "fix: one of everywhere, field, names, namespaces, same_namespace"),
    ],
)
def test_a_factory_that_does_not_exist_is_answered_with_those_that_do(
    owner: type, name: str, fix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AttributeError) as raised:
        getattr(owner, name)
    assert report(raised.value, trace=False) == FAILED
    assert fix in capfd.readouterr().err


def test_a_class_of_others_has_no_fix(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AttributeError) as raised:
        getattr(int, "fixd")  # noqa: B009  # no attribute
    assert report(raised.value, trace=False) == FAILED
    assert "fix:" not in capfd.readouterr().err
