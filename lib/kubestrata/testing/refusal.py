"""Expected errors: values and constructs that must be refused, with the field they name."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from kubestrata.core.errors import InvalidValue, SourceError


class Refusal:
    """A context in which an error must be raised; afterwards, `error` is that error."""

    def __init__(self, field: str, kind: type[SourceError], why: str) -> None:
        self._field, self._kind, self._why = field, kind, why
        self._error: SourceError | None = None

    @property
    def error(self) -> SourceError:
        """The error that was raised."""
        if self._error is None:
            raise AssertionError(f"{self._field}: was not refused yet")
        return self._error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        __tracebackhide__ = True
        if error is None:
            raise AssertionError(f"{self._field}: is accepted; expected {self._kind.__name__}")
        if not isinstance(error, self._kind):
            return False
        if self._field not in error.what:
            what = f"{error.what!r} is refused, not {self._field!r}: {error.why}"
            raise AssertionError(what) from error
        if self._why not in f"{error.why} {error.fix or ''}":
            what = f"{error.what} is refused for another reason than {self._why!r}: {error.why}"
            raise AssertionError(what) from error
        self._error = error
        return True


def refused(field: str, *, kind: type[SourceError] = InvalidValue, why: str = "") -> Refusal:
    """Return a context manager that requires an error about `field`, as `pytest.raises` does.

    `field` and `why` are parts of the error's subject and of its reason or fix:
    `with refused("Scaling.min", why="above max"): Scaling(min=5, max=2)`.
    """
    return Refusal(field, kind, why)
