"""Typed values reject invalid text, and are plain scalars otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubestrata import Cron, Duration, Host, Image, Port, Quantity
from kubestrata.core.errors import InvalidValue


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Cron, "*/5 * * * *"),
        (Cron, "@daily"),
        (Cron, "@every 1h30m"),
        (Cron, "0 3 1-7 jan,jun mon-fri"),
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
        (Host, "a." * 130 + "com", "is not a host name"),
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


def test_blanks_around_a_schedule_are_removed() -> None:
    assert Cron(" 0  0 * * * ") == "0 0 * * *"


def test_a_host_makes_its_subdomains() -> None:
    host = Host("example.com")
    assert [host.sub("app"), host.wildcard] == ["app.example.com", "*.example.com"]
    assert Image("registry:5000/app:v1").repository == "registry:5000/app"
