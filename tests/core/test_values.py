"""Typed values reject invalid text, and are plain scalars otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubestrata import Cron, Duration, Host, Image, Placeholder, Port, Quantity
from kubestrata.core.errors import InvalidValue


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Cron, "*/5 * * * *"),
        (Cron, "@daily"),
        (Cron, "@every 1h30m"),
        (Cron, "0 3 1-7 jan,jun mon-fri"),
        (Cron, "? ? ? ? ?"),
        (Cron, "5/15,,30 * * * SUN"),
        (Cron, "+5 * * * *"),
        (Cron, "*-1-2 * * * *"),
        (Cron, "*/100 * * * *"),
        (Cron, "@every 1.5h"),
        (Cron, "@every 250\u03bcs"),
        (Quantity, "-0"),
        (Cron, "*/90 0 ? * */2"),
        (Cron, "5/15 0-23/2 * * SUN"),
        (Duration, "1h30m"),
        (Duration, "500ms"),
        (Host, "app.example.com"),
        (Host, "*.example.com"),
        (Image, "registry.example.com:5000/team/app:v1.2.3"),
        (Image, "app@sha256:" + "0" * 64),
        (Port, 65535),
        (Quantity, "1.5Gi"),
        (Quantity, "250m"),
    ],
)
def test_a_meaningful_value_is_the_scalar_itself(kind: Callable[[Any], Any], value: Any) -> None:
    assert kind(value) == value


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        (Cron, "* * * *", "has 4 fields"),
        (Cron, "60 * * * *", "minute '60' is not within 0-59"),
        (Cron, "* * * * mon-xyz", "day of week"),
        (Cron, "* 9-7 * * *", "hour"),
        (Cron, "0 0 * * 7", "the day of week '7' is not within 0-6"),
        (Cron, "0 0 * * 5-7", "the day of week '5-7' is not within 0-6"),
        (Cron, "H * * * *", "the minute 'H' is not within 0-59"),
        (Cron, "0/0 * * * *", "the minute '0/0'"),
        (Cron, "1-2-3 * * * *", "the minute '1-2-3'"),
        (Cron, "@reboot", "must be one of @yearly"),
        (Cron, "@every day", "has no valid duration"),
        (Cron, "TZ=UTC 0 0 * * *", "holds a time zone"),
        (Duration, "10 minutes", "is not a duration"),
        (Duration, "5", "is not a duration"),
        (Host, "https://example.com", "is not a host name"),
        (Host, "App.example.com", "is not a host name"),
        (Host, "a." * 130 + "com", "has 263 characters; at most 253 are allowed"),
        (Host, "a" * 64 + ".com", "has 64 characters; at most 63 are allowed"),
        (Cron, "*/-5 * * * *", "the minute '*/-5'"),
        (Cron, "\u0665 * * * *", "the minute '\u0665' is not within 0-59"),
        (Cron, "@every 99999999999h", "of more than 292 years"),
        (Cron, 5, "is a int, where text is expected"),
        (Cron, None, "is None, where text is expected"),
        (Duration, 5, "is a int, where text is expected"),
        (Host, None, "is None, where text is expected"),
        (Image, None, "is None, where text is expected"),
        (Placeholder, 5, "is a int, where text is expected"),
        (Port, "80", "is a str, not a number"),
        (Port, True, "is a bool, not a number"),
        (Port, 80.5, "is a float, not a number"),
        (Quantity, 5, "is a int, where text is expected"),
        (Quantity, "-1Gi", "is negative"),
        (Quantity, "-.5", "is negative"),
        (Image, "nginx", "is not pinned"),
        (Image, "nginx:latest", "is not pinned"),
        (Image, "UPPER:1", "is not an image reference"),
        (Port, 0, "not within 1-65535"),
        (Port, 65536, "not within 1-65535"),
        (Quantity, "1 GiB", "is not a quantity"),
    ],
)
def test_a_meaningless_value_is_refused_with_its_line(
    kind: Callable[[Any], Any], value: Any, why: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        kind(value)
    assert why in str(caught.value)
    assert "test_values.py:" in caught.value.where


@pytest.mark.parametrize(
    ("kind", "value", "fix"),
    [
        (Cron, "0 0 * * 7", "write 0 or sun for Sunday"),
        (Cron, "@reboot", "RunOnce"),
        (Cron, "CRON_TZ=Europe/Paris 0 3 * * *", "write '0 3 * * *', and time_zone='Europe/Paris'"),
        (Cron, "0 0 3 * * *", "leave out the seconds: '0 3 * * *'"),
        (Host, "https://example.com", "no scheme"),
        (Image, "UPPER:1", "in lower case"),
        (Port, "80", "write Port(80)"),
        (Quantity, 5, "write Quantity('5')"),
        (Quantity, "-1Gi", "write '1Gi'"),
        (Quantity, "1GB", "'1Gi'"),
    ],
)
def test_an_invalid_value_comes_with_its_fix(
    kind: Callable[[Any], Any], value: Any, fix: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        kind(value)
    assert fix in str(caught.value.fix)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("1e400", "is too large: must be at most 9223372036854775807"),
        ("8Ei", "is too large"),
        ("1e99999", "has an exponent that no amount needs"),
        ("1e-400", "is too small: must be 0 or at least 1n"),
        ("0.5n", "is too small"),
        ("-1e99", "is negative"),
    ],
)
def test_an_amount_that_the_api_server_would_replace_is_refused(value: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        Quantity(value)


@pytest.mark.parametrize("value", ["7Ei", "9223372036854775807", "1e18", "1n", "0", "-0", "0e5"])
def test_an_amount_that_the_api_server_stores_is_accepted(value: str) -> None:
    assert Quantity(value) == value


def test_blanks_around_a_schedule_are_removed() -> None:
    assert Cron(" 0  0 * * * ") == "0 0 * * *"


def test_a_host_makes_its_subdomains() -> None:
    host = Host("example.com")
    assert [host.sub("app"), host.wildcard] == ["app.example.com", "*.example.com"]
    assert Image("registry:5000/app:v1").repository == "registry:5000/app"
