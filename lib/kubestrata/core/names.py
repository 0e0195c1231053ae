"""Names that Kubernetes and the file system accept."""

from __future__ import annotations

import re

from kubestrata.core.errors import InvalidName

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_RULES = "lower-case letters, digits and '-', beginning and ending with a letter or digit"
_PATH_SEGMENT_GROUP = "rbac.authorization.k8s.io"


def _shorten(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:60]}... ({len(name)} characters)"


def _refuse(where: str, what: str, name: str, why: str, fix: str | None = None) -> InvalidName:
    return InvalidName(where, f"{what} {_shorten(name)!r}", why, fix)


def check_length(where: str, what: str, name: str, longest: int) -> None:
    """Require at most `longest` characters."""
    if len(name) > longest:
        why = f"has {len(name)} characters; at most {longest} are allowed"
        raise _refuse(where, what, name, why, f"shorten it by {len(name) - longest}")


def check_label(where: str, what: str, name: str, *, longest: int = 63) -> None:
    """Require an RFC 1123 label: at most 63 characters (namespaces, components, clusters)."""
    check_length(where, what, name, longest)
    if not _LABEL.match(name):
        raise _refuse(where, what, name, f"must be {_RULES}", _spelled(name))


def check_subdomain(where: str, what: str, name: str) -> None:
    """Require an RFC 1123 subdomain: labels joined by dots, at most 253 characters."""
    check_length(where, what, name, 253)
    if not _SUBDOMAIN.match(name):
        raise _refuse(
            where, what, name, f"must be {_RULES}, in parts joined by '.'", _spelled(name, ".")
        )


def _spelled(name: str, more: str = "") -> str | None:
    """Return the fix for a name of other characters: the nearest valid one, if there is one."""
    plain = re.sub(rf"[^a-z0-9{more}]+", "-", name.lower())
    parts = (part.strip("-") for part in plain.split("."))
    valid = ".".join(part for part in parts if part)
    return f"write {valid!r}" if valid else None


def check_object_name(where: str, group: str, kind: str, name: str) -> None:
    """Require a name that the API server accepts for this kind.

    RBAC objects take any path segment (`system:node`), Services and Namespaces a label,
    everything else a subdomain. Source: Kubernetes' object names page.
    """
    if group == _PATH_SEGMENT_GROUP:
        check_length(where, kind, name, 253)
        if not name or name in (".", "..") or re.search(r"[/%\x00-\x1f]", name):
            raise _refuse(where, kind, name, "must be one path segment: no '/', no '%', not '..'")
    elif group == "" and kind in ("Namespace", "Service"):
        check_label(where, kind, name)
    else:
        check_subdomain(where, kind, name)
