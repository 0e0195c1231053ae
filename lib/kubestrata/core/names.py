"""Names that Kubernetes and the file system accept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kubestrata.core.errors import InvalidName, InvalidValue
from kubestrata.core.value.placeholder import MARK

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_RULES = "lower-case letters, digits and '-', beginning and ending with a letter or digit"
_CHARACTERS = "at most 63 letters, digits, '-', '_' and '.', the first and last no punctuation"
_VALUE_RULE = f"a value has {_CHARACTERS}"
_KEY_RULE = f"a key has {_CHARACTERS}, and may begin with a domain and '/'"
_PATH_SEGMENT_GROUPS = frozenset({"certificates.k8s.io", "policy", "rbac.authorization.k8s.io"})
_LABELS = frozenset({("", "Namespace"), ("", "Service"), ("apps", "StatefulSet")})


# Source: apimachinery's rules for labels.
_LABEL_KEY = re.compile(
    r"([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?\Z"
)
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?\Z")
_LONGEST = {("batch", "CronJob"): 52}
"""Limits below that of the object's name: a CronJob's Jobs have 11 characters more."""


def _shorten(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:60]}... ({len(name)} characters)"


def _refuse(
    what: str, name: str, why: str, fix: str | None = None, *, where: object
) -> InvalidName:
    return InvalidName(f"{what} {_shorten(name)!r}", why, fix, where=where)


def check_length(what: str, name: str, longest: int, *, where: object = None) -> None:
    """Require at most `longest` characters."""
    if len(name) > longest:
        why = f"has {len(name)} characters; at most {longest} are allowed"
        raise _refuse(what, name, why, f"shorten it by {len(name) - longest}", where=where)


def check_label(what: str, name: str, *, longest: int = 63, where: object = None) -> None:
    """Require an RFC 1123 label: at most 63 characters (namespaces, components, clusters)."""
    check_length(what, name, longest, where=where)
    if not _LABEL.match(name):
        raise _refuse(what, name, f"must be {_RULES}", _spelled(name), where=where)


def check_subdomain(what: str, name: str, *, where: object = None) -> None:
    """Require an RFC 1123 subdomain: labels joined by dots, at most 253 characters."""
    check_length(what, name, 253, where=where)
    if not _SUBDOMAIN.match(name):
        why = f"must be {_RULES}, in parts joined by '.'"
        raise _refuse(what, name, why, _spelled(name, "."), where=where)


def _spelled(name: str, more: str = "") -> str | None:
    """Return the fix for a name with invalid characters: the nearest valid one, if any."""
    plain = re.sub(rf"[^a-z0-9{more}]+", "-", name.lower())
    parts = (part.strip("-") for part in plain.split("."))
    valid = ".".join(part for part in parts if part)
    return f"write {valid!r}" if valid else None


def check_labels(owner: str, labels: Mapping[str, str], *, where: object = None) -> None:
    """Require keys and values that the API server accepts as labels."""
    for key, value in labels.items():
        name, given = f"label {key}={_shorten(str(value))!r} of {owner}", _plain(value)
        if given is None:
            fix = f"write {str(value)!r}"
            raise InvalidValue(name, f"is a {type(value).__name__}, not text", fix, where=where)
        if not _LABEL_KEY.match(_plain(key) or ""):
            raise InvalidValue(name, f"is not a valid label: {_KEY_RULE}", where=where)
        if not _LABEL_VALUE.match(given):
            long = f"has {len(value)} characters and " if len(value) > 63 else ""
            raise InvalidValue(name, f"{long}is not a valid label: {_VALUE_RULE}", where=where)


def _plain(text: object) -> str | None:
    """Return a text without its placeholders, None for other values."""
    return MARK.sub("x", text) if isinstance(text, str) else None


def is_named_by_path_segment(group: str, kind: str) -> bool:
    """Return True for a kind whose objects may have any name that is one step of a URL's path."""
    return group in _PATH_SEGMENT_GROUPS or kind == "APIService"


def check_object_name(group: str, kind: str, name: str, *, where: object = None) -> None:
    """Require a name that the API server accepts for this kind.

    RBAC objects, policies and requests of certificates accept any path segment (`system:node`),
    Namespaces, Services and StatefulSets a label, all other kinds a subdomain. Source: the
    Kubernetes page on object names, and each kind's validation.
    """
    if is_named_by_path_segment(group, kind):
        check_length(kind, name, 253, where=where)
        if not name or name in (".", "..") or re.search(r"[/%\x00-\x1f]", name):
            why = "must be one path segment: no '/', no '%', not '..'"
            raise _refuse(kind, name, why, where=where)
    elif (group, kind) in _LONGEST:
        check_length(kind, name, _LONGEST[group, kind], where=where)
        check_subdomain(kind, name, where=where)
    elif (group, kind) in _LABELS:
        check_label(kind, name, where=where)
    else:
        check_subdomain(kind, name, where=where)
