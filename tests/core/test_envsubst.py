"""Variables are replaced as Flux replaces them (source: fluxcd/pkg/envsubst)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestrata.core.envsubst import EnvsubstError, expand, expressions

VALUES = {"A": "shop", "URL": "https://a.example.org/x/y", "EMPTY": "", "P": "x*"}


def _expand(text: str) -> str:
    return expand(text, lambda name: None if name.startswith("UNKNOWN") else VALUES.get(name, ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain $HOME $ {A} $5", "plain $HOME $ {A} $5"),
        ("${A}", "shop"),
        ("a-${A}-${A}", "a-shop-shop"),
        ("$${A}", "${A}"),
        ("$$$${A}", "$${A}"),
        ("cost: 5$$", "cost: 5$"),
        ("${MISSING}", ""),
        ("${MISSING:-x}${EMPTY:-y}${A:-z}", "xyshop"),
        ("${MISSING:=x}${MISSING=y}", "xy"),
        ("${MISSING:-a b: ${A}/c}", "a b: shop/c"),
        ("${MISSING:-}", ""),
        ("${MISSING:?no value}${MISSING:+x}", "no valuex"),
        ("${#A}", "4"),
        ("${A^}${A^^}${URL,}${A,,}", "ShopSHOPhttps://a.example.org/x/yshop"),
        ("${A:1}|${A:1:2}|${A:0:9}|${A:9}", "hop|ho|shop|"),
        ("${URL#*/}|${URL##*/}", "/a.example.org/x/y|y"),
        ("${URL%/*}|${URL%%/*}", "https://a.example.org/x|https:"),
        (
            "${A/o/0}|${URL//x/_}|${A/#s/S}|${A/%p/P}|${A/o/}",
            "sh0p|https://a.e_ample.org/_/y|Shop|shoP|shp",
        ),
        ("${UNKNOWN}|${UNKNOWN:-x}|${UNKNOWN^^}", "${UNKNOWN}|x|${UNKNOWN^^}"),
    ],
)
def test_an_expression_has_the_value_that_flux_gives_it(text: str, expected: str) -> None:
    assert _expand(text) == expected


@pytest.mark.parametrize(
    ("text", "expression", "why"),
    [
        ("a ${A-b} c", "${A-b}", "the closing } is missing"),
        ("${kubelet-id}", "${kubelet-id}", "the closing } is missing"),
        ("${A", "${A", "the closing } is missing"),
        ("${A:-${B}", "${A:-${B}", "the closing } is missing"),
        ("${!ref}", "${!ref}", "a name must follow ${"),
        ("${}", "${}", "a name must follow ${"),
        ("${ A }", "${ A }", "a name must follow ${"),
        ("${FILES[@]}", "${FILES[@]}", "the closing } is missing"),
        ("${A/x}", "${A/x}", "the second / is missing"),
        ("${a.b}", "${a.b}", "the closing } is missing"),
    ],
)
def test_text_that_flux_cannot_parse_is_refused_with_its_start(
    text: str, expression: str, why: str
) -> None:
    with pytest.raises(EnvsubstError) as raised:
        _expand(text)
    assert (raised.value.expression, raised.value.why) == (expression, why)


def test_nested_expressions_are_found() -> None:
    found = [each.name for each in expressions("${A:-${B:=${C}}} ${D}")]
    assert found == ["A", "B", "C", "D"]


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(EnvsubstError, match="nested too deeply"):
        _expand("${A:-" * 5_000 + "}" * 5_000)


@given(st.text("${}:=-/#%^,A ab", max_size=40))
def test_any_text_is_expanded_or_refused(text: str) -> None:
    try:
        made = _expand(text)
    except EnvsubstError as error:
        made = error.expression
    assert "$" in text or made == text
