"""Objects that declare no fields, and the names that messages give to shared structs."""

from __future__ import annotations

import pytest

from kubestrata.core.errors import InvalidBody
from kubestrata.core.origin import Origin
from kubestrata.core.render import render
from kubestrata.core.struct import EmptyObject, Struct


class Inner(Struct):
    empty: EmptyObject | None = None
    several: list[EmptyObject] | None = None
    named: dict[str, EmptyObject] | None = None


class Outer(Struct):
    inner: Inner


Alias = Inner
ORIGIN = Origin("chart.py", 3)


def test_an_empty_object_is_written() -> None:
    inner = Inner(empty={}, several=[{}], named={"a": {}})
    rendered, _ = render(Outer(inner=inner), ORIGIN, "Widget web")
    assert rendered == {"inner": {"empty": {}, "several": [{}], "named": {"a": {}}}}


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("empty", {"labels": {}}, "inner.empty"),
        ("several", [{"a": 1}], r"inner.several\[0\]"),
        ("named", {"a": {"b": 1}}, r"inner.named\[...\]"),
    ],
)
def test_what_the_server_would_drop_is_refused_with_the_reason(
    field: str, value: object, path: str
) -> None:
    body = Outer(inner=Inner(**{field: value}))  # type: ignore[arg-type]  # what a checker refuses
    with pytest.raises(InvalidBody, match=f"{path}.*the API server would drop what is set"):
        render(body, ORIGIN, "Widget web.")


def test_a_message_calls_a_struct_as_the_line_does() -> None:
    with pytest.raises(InvalidBody, match="Alias: has no field 'emty'"):
        Alias(emty={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    with pytest.raises(InvalidBody, match="Inner: has no field 'emty'"):
        Inner(emty={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
