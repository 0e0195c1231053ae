"""The formats that are validated, as the API server reads them in custom resources.

JSON Schema means something else by some of the names (`duration` is ISO 8601 there); formats that
only JSON Schema defines are disabled.
"""

from __future__ import annotations

import ipaddress
import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Mapping

_DURATION = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)"
                       r"(ns|us|µs|μs|ms|s|m|h))*|[-+]?0")  # fmt: skip
_WORDS = re.compile(r"\s*[-+]?\d+(\.\d+)?\s*(nanoseconds?|nano|micros?|microseconds?|millis?"
                    r"|milliseconds?|sec|seconds?|mins?|minutes?|hrs?|hours?|days?|d|weeks?"
                    r"|wks?|w|ns|us|µs|ms|s|m|h)\s*")  # fmt: skip
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(\.\d+)?([zZ]|[-+]\d\d:?\d\d)")
_UUID = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def is_duration(text: str) -> bool:
    """Return True for `1h30m` as Go writes it, or `2 weeks`."""
    return bool(_DURATION.fullmatch(text) or _WORDS.fullmatch(text))


def is_date_time(text: str) -> bool:
    """Return True for a date and time of RFC 3339."""
    date, _, time = text.replace("t", "T", 1).partition("T")
    return bool(_DATE.fullmatch(date) and _TIME.fullmatch(time))


def _parses(read: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            read(text)
        except (ValueError, Error):
            return False
        return True

    return check


def _cidr(text: str) -> object:
    if "/" not in text:
        raise ValueError(text)
    return ipaddress.ip_interface(text)


def _anything(_text: str) -> bool:
    return True


def _base64(text: str) -> bytes:
    return b64decode(text.replace("\n", "").replace("\r", ""), validate=True)


is_ip = _parses(ipaddress.ip_address)
is_cidr = _parses(_cidr)

_IGNORED = (
    "email hostname idn-email idn-hostname iri iri-reference json-pointer regex "
    "relative-json-pointer time uri uri-reference uri-template"
)
FORMATS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(_IGNORED.split(), _anything),
    "byte": _parses(_base64),
    "cidr": is_cidr,
    "date": lambda text: bool(_DATE.fullmatch(text)),
    "date-time": is_date_time,
    "duration": is_duration,
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "uuid": lambda text: bool(_UUID.fullmatch(text)),
}
