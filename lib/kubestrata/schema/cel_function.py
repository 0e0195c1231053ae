"""Functions of Kubernetes' CEL that the library lacks.

Addresses, URLs and quantities are plain text and numbers here: the functions return the same
results, and text passes through the library at no cost.
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from kubestrata.core.pattern import Pattern
from kubestrata.core.value.amount import is_quantity, quantity
from kubestrata.schema.cel_library import STDLIB_FUNCTIONS
from kubestrata.schema.format import is_cidr, is_ip

_LONGEST = 1_000_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def _ip(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _is_canonical(text: str) -> bool:
    return _ip(text) == text


def _family(text: str) -> int:
    return ipaddress.ip_address(text).version


def _of_ip(name: str) -> Callable[[str], bool]:
    def ask(text: str) -> bool:
        return bool(getattr(ipaddress.ip_address(text), name))

    return ask


def _is_global_unicast(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
        or text == "255.255.255.255"
    )


def _cidr(text: str) -> str:
    if not is_cidr(text):
        raise ValueError(f"{text!r} is not a valid CIDR")
    return str(ipaddress.ip_interface(text))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _contains_ip(text: str, address: str) -> bool:
    return ipaddress.ip_address(address) in _network(text)


def _contains_cidr(text: str, other: str) -> bool:
    outer, inner = _network(text), _network(other)
    return (
        outer.version == inner.version
        and inner.network_address in outer
        and inner.broadcast_address in outer
    )


def _address(text: str) -> str:
    return str(ipaddress.ip_interface(text).ip)


def _ip_of(text: str) -> str:
    return _address(text) if "/" in text else _ip(text)


def _prefix_length(text: str) -> int:
    return _network(text).prefixlen


def _masked(text: str) -> str:
    return str(_network(text))


def is_url(text: str) -> bool:
    """Return True for an absolute URL or an absolute path."""
    if any(sign <= " " or sign == "\x7f" for sign in text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return bool(_SCHEME.match(text)) or text.startswith("/")


def _url(text: str) -> str:
    if not is_url(text):
        raise ValueError(f"{text!r} is not a valid URL")
    return text


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _hostname(parts: SplitResult) -> str:
    return _host(parts).partition("]")[0][1:] if "[" in parts.netloc else parts.hostname or ""


def _of_url(part: Callable[[SplitResult], Any]) -> Callable[[str], Any]:
    def ask(text: str) -> Any:
        return part(urlsplit(text))

    return ask


def _number(value: Any) -> int | float:
    exact = quantity(str(value))
    return exact.numerator if exact.denominator == 1 else float(exact)


def _compare(one: float, other: float) -> int:
    return (one > other) - (one < other)


def _sign(value: float) -> int:
    return _compare(value, 0)


def _is_integer(value: Any) -> bool:
    return is_quantity(value) and isinstance(_number(value), int)


def _find(text: str, pattern: str) -> str:
    return next(Pattern(pattern).find(text), "")


def _find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    return list(islice(Pattern(pattern).find(text), None if limit < 0 else limit))


def _replace(text: str, old: str, new: str, limit: int = -1) -> str:
    times = text.count(old) if limit < 0 else min(limit, text.count(old))
    _bounded(len(text) + times * len(new))
    return text.replace(old, new, limit)


def _join(items: Sequence[str], separator: str = "") -> str:
    _bounded(sum(map(len, items)) + len(items) * len(separator))
    return separator.join(items)


def _range(count: int) -> list[int]:
    _bounded(count)
    return list(range(count))


def _bounded(length: int) -> None:
    """Return a result; raise an error if it would not fit into an object."""
    if length > _LONGEST:
        raise ValueError(f"a result is longer than {_LONGEST}")


def _is_sorted(items: Sequence[Any]) -> bool:
    return all(one <= other for one, other in pairwise(items))


def _index_of(where: str | list[Any], what: Any, *start: int) -> int:
    if isinstance(where, str):
        return where.find(what, *start)
    return where.index(what) if what in where else -1


def _last_index_of(where: str | list[Any], what: Any, *end: int) -> int:
    if isinstance(where, str):
        return where.rfind(what, 0, end[0] + len(what)) if end else where.rfind(what)
    return len(where) - 1 - where[::-1].index(what) if what in where else -1


_VERB = re.compile(r"%(?:%|(?:\.(\d+))?([sdfexXob]))")


def _format(text: str, values: Sequence[Any]) -> str:
    left = iter(values)

    def write(found: re.Match[str]) -> str:
        verb, digits = found[2], found[1]
        if verb is None:
            return "%"
        value = next(left)
        if verb in "fe":
            _bounded(int(digits or 6))
            return format(float(value), f".{digits or 6}{verb}")
        if verb in "xXob":
            return format(int(value), verb)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value)

    return _VERB.sub(write, text)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **STDLIB_FUNCTIONS,
    "add": operator.add,
    "asApproximateFloat": float,
    "asInteger": int,
    "cidr": _cidr,
    "compareTo": _compare,
    "containsCIDR": _contains_cidr,
    "containsIP": _contains_ip,
    "family": _family,
    "find": _find,
    "findAll": _find_all,
    "format": _format,
    "getEscapedPath": _of_url(lambda parts: quote(parts.path, safe="/%:@!$&'()*+,;=~-._")),
    "getHost": _of_url(_host),
    "getHostname": _of_url(_hostname),
    "getPort": _of_url(lambda parts: str(parts.port or "")),
    "getQuery": _of_url(lambda parts: parse_qs(parts.query, keep_blank_values=True)),
    "getScheme": _of_url(lambda parts: parts.scheme),
    "indexOf": _index_of,
    "ip": _ip_of,
    "ip.isCanonical": _is_canonical,
    "isCIDR": is_cidr,
    "isGlobalUnicast": _is_global_unicast,
    "isGreaterThan": operator.gt,
    "isIP": is_ip,
    "isInteger": _is_integer,
    "isLessThan": operator.lt,
    "isLinkLocalUnicast": _of_ip("is_link_local"),
    "isLoopback": _of_ip("is_loopback"),
    "isQuantity": is_quantity,
    "isSorted": _is_sorted,
    "isURL": is_url,
    "join": _join,
    "isUnspecified": _of_ip("is_unspecified"),
    "lastIndexOf": _last_index_of,
    "lists.range": _range,
    "masked": _masked,
    "prefixLength": _prefix_length,
    "quantity": _number,
    "replace": _replace,
    "sign": _sign,
    "sub": operator.sub,
    "url": _url,
}
