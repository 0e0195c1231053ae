"""Python names for fields, classes, modules and packages of schemas.

Every name made here is an identifier, whatever the schema has; the caller keeps the wire name
beside it, because these names cannot be converted back.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

_UNUSUAL = {
    "OAuth": "Oauth",
    "gRPC": "Grpc",
    "iSCSI": "Iscsi",
    "mTLS": "Mtls",
    "IPv4": "Ipv4",
    "IPv6": "Ipv6",
}
_UNUSUAL_WORD = re.compile("|".join(_UNUSUAL))
_WORDS = (
    r"(?<![A-Za-z0-9])[a-z][A-Z]+(?:s|[0-9]*)(?![a-z0-9])",  # Go lowers one letter: uRI, iPs
    r"[KMGTPE]i[Bb](?:ps|s)?(?![a-z0-9])",  # units: MiB, GiBps
    r"[A-Z]{2,}v[0-9]+s?(?![a-z0-9])",  # versions: TLSv1
    r"[A-Z]{2,}s(?![a-z0-9])",  # plurals: URLs
    r"[A-Z]+[0-9]*(?![a-z0-9])",  # acronyms: HTTP, EC2
    r"[A-Z]?[a-z0-9]+",
)
_WORD = re.compile("|".join(_WORDS))
_LONGEST = 80
_KEPT = 10_000
"""The words of most names are asked for again and again."""

ANNOTATION_NAMES = frozenset({"bool", "float", "int", "str"})
"""Builtins that annotations use: a field of that name would hide them."""
_NEEDED = ANNOTATION_NAMES | {"annotations", "super"}
_LONGEST_PACKAGE = 200


def words_of(text: str) -> list[str]:
    """Split an upstream name into lower-case ASCII words: `clientIDs` -> client, ids."""
    spelled = _UNUSUAL_WORD.sub(lambda match: _UNUSUAL[match[0]], text[:_LONGEST])
    return [word.lower() for word in _WORD.findall(spelled)]


def snake(text: str) -> str:
    """Return `proxy_url` for `proxyURL`; '' for a text without letters and digits."""
    return _snake(text[:_LONGEST])


@lru_cache(_KEPT)
def _snake(text: str) -> str:
    return "_".join(words_of(text))


def pascal(text: str) -> str:
    """Return `ProxyUrl` for `proxyURL`."""
    return _pascal(text[:_LONGEST])


@lru_cache(_KEPT)
def _pascal(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words_of(text))


def safe(name: str, taken: Collection[str] = ()) -> str:
    """Return an identifier for a lower-case name, neither a keyword nor in `taken`."""
    name = name or "field"
    if name[0].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in taken else name


class Numbered:
    """Gives names, each once: `name`, or the first of `name_2`, `name_3` ... that is free."""

    def __init__(self, used: Iterable[str] = (), separator: str = "_") -> None:
        self.used = set(used)
        self._separator = separator
        self._last: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """Return a name that was not used yet; equal ones are numbered."""
        found, number = name, self._last.get(name, 1)
        while found in self.used:
            number += 1
            found = f"{name}{self._separator}{number}"
        self._last[name] = number
        self.used.add(found)
        return found


def field_names(wires: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Return the keyword of each wire name, for the fields of one struct.

    A wire name that already is a keyword of ours keeps it when two would be equal.
    """
    reserved = ANNOTATION_NAMES.union(taken)
    given = Numbered()
    ordered = sorted(wires, key=lambda wire: (snake(wire) != wire, wire))
    return {wire: given.unique(safe(snake(wire), reserved)) for wire in ordered}


def path_name(kind: str, path: Sequence[str]) -> str:
    """Return the class of a part of a kind: HTTPRoute, (spec, rules) -> HTTPRouteSpecRules."""
    return kind + "".join(pascal(part) or "Field" for part in path)


def class_name(kind: str) -> str:
    """Return the class name of a kind: the kind, unless Python or the module uses the name."""
    return f"{kind}_" if keyword.iskeyword(kind) or kind in _NEEDED else kind


def module_name(text: str) -> str:
    """Return the module of a version, or of a group and version: `v1beta1`, `core_v1`."""
    name = safe(snake(text))
    return f"version{name}" if name.startswith("_") else name


def kind_module(kind: str) -> str:
    """Return the module of a kind, never named like its class: HTTPRoute -> http_route."""
    name = module_name(kind)
    return f"{name}_kind" if name == kind else name


def group_package(group: str) -> str:
    """Return the package of an API group without a name: cert-manager.io -> cert_manager_io."""
    name = re.sub(r"[^a-z0-9]", "_", group.lower()[:_LONGEST_PACKAGE])
    return f"group_{name}" if name[:1].isdigit() or keyword.iskeyword(name) else name
