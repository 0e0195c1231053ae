"""Errors of Python source find the line that caused them."""

import sys

import pytest

from kubestrata.core.errors import InvalidValue, SourceError
from kubestrata.core.names import check_label
from kubestrata.core.value.port import Port

_SUBCLASSES = SourceError.__subclasses__()


def _here() -> str:
    frame = sys._getframe(1)
    return f"tests/core/test_errors.py:{frame.f_lineno}"


@pytest.mark.parametrize("kind", _SUBCLASSES, ids=lambda kind: kind.__name__)
def test_a_source_error_reports_the_line_that_raises_it(kind: type[SourceError]) -> None:
    error, here = kind("port 0", "is not a port"), _here()
    assert str(error) == f"{here}: port 0: is not a port"


def test_a_source_error_passes_over_the_frames_of_the_library() -> None:
    with pytest.raises(InvalidValue) as caught:
        Port(0)
    raised = caught.traceback[0]
    assert caught.value.where == f"tests/core/test_errors.py:{raised.lineno + 1}"


def test_a_source_error_takes_a_location_as_it_is() -> None:
    assert InvalidValue("a", "b", "c", where="main.py:7").where == "main.py:7"
    assert InvalidValue("a", "b", where="").where == ""


def test_a_check_reports_the_line_that_calls_it() -> None:
    with pytest.raises(SourceError, match=r"tests/core/test_errors\.py:\d+: namespace 'A': must"):
        check_label("namespace", "A")
