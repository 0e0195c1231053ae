"""Ranges of versions hold what Helm's do."""

from __future__ import annotations

import pytest

from kubestrata.helm.version_range import highest, is_in_range, parse_version

HOLDS = """
1.35.0 >=1.20-0
v1.35.2-eks-1 >=1.20.0-0
1.2.3 ~1.2
1.9.0 ^1.2
0.2.5 ^0.2.3
0.0.3 ^0.0.3
1.2.3 1.x
1.2.3 *
1.2.3 >=1.2.3, <2
1.2.3 >=1.2.3 <2 || 3.x
3.1.0 >=1.2.3 <2 || 3.x
1.2.3 1.2 - 1.4
1.4.5 1.2 - 1.4
1.2.3 1.2.3
1.2.3 = v1.2.3
1.30.0 >= 1.19.0
1.30.0 >1.29
1.25.1 >= 1.22.0-0 <1.40.0-0
1.2.3 ~1
1.9.0 ~1.x
1.2.3 !=1.2.4
1.2.0-rc.2 >1.2.0-rc.1
1.2.0-rc.1 1.2.0-rc.1
1.2.0 >1.2.0-rc.1
"""
HOLDS_NOT = """
1.35.2-eks-1 >=1.20
1.3.0 ~1.2
2.0.0 ^1.2
0.3.0 ^0.2.3
0.0.4 ^0.0.3
1.5.0 1.2 - 1.4.5
1.2.4 1.2.3
1.29.5 >1.29
1.2.3 !=1.2
1.2.3 >1.2.3
1.2.3 <1.2.3
2.0.0 1.x
1.2.0-rc.2 1.2.0-rc.1
1.2.0-rc.10 <1.2.0-rc.9
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in text.split("\n") if line]


@pytest.mark.parametrize(("version", "range_text"), pairs(HOLDS))
def test_a_version_is_in_a_range(version: str, range_text: str) -> None:
    assert is_in_range(version, range_text) is True


@pytest.mark.parametrize(("version", "range_text"), pairs(HOLDS_NOT))
def test_a_version_is_outside_of_a_range(version: str, range_text: str) -> None:
    assert is_in_range(version, range_text) is False


@pytest.mark.parametrize(
    ("version", "range_text"), [("latest", "*"), ("1.0.0", "abc"), ("1", "=>")]
)
def test_what_is_neither_is_not_known(version: str, range_text: str) -> None:
    assert is_in_range(version, range_text) is None


def test_the_highest_version_is_spelled_as_it_was() -> None:
    known = ["1.2.0", "v1.10.0", "1.9.0", "2.0.0-rc.1", "main"]
    assert highest(known, "1.x") == "v1.10.0"
    assert highest(known, "") == "v1.10.0"
    assert highest(known, ">=2.0.0-0") == "2.0.0-rc.1"
    assert highest(known, "3.x") is None


def test_versions_are_ordered_by_numbers_and_pre_releases() -> None:
    texts = ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-a", "1.0.0-a.1", "1.0.0", "1.0.1", "1.10.0"]
    versions = [parse_version(text) for text in texts]
    assert versions == sorted(each for each in versions if each is not None)
