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


def _refuse(what: str, name: str, why: str, where: object) -> InvalidName:
    return InvalidName(f"{what} {_shorten(name)!r}", why, where=where)


def check_label(what: str, name: str, *, where: object = None) -> None:
    """Require an RFC 1123 label: at most 63 characters (namespaces, components, clusters)."""
    if len(name) > 63:
        raise _refuse(what, name, f"has {len(name)} characters; at most 63 are allowed", where)
    if not _LABEL.match(name):
        raise _refuse(what, name, f"must be {_RULES}", where)


def check_subdomain(what: str, name: str, *, where: object = None) -> None:
    """Require an RFC 1123 subdomain: labels joined by dots, at most 253 characters."""
    if len(name) > 253:
        raise _refuse(what, name, f"has {len(name)} characters; at most 253 are allowed", where)
    if not _SUBDOMAIN.match(name):
        raise _refuse(what, name, f"must be {_RULES}, in parts joined by '.'", where)


def check_object_name(group: str, kind: str, name: str, *, where: object = None) -> None:
    """Require a name that the API server accepts for this kind.

    RBAC objects take any path segment (`system:node`), Services and Namespaces a label,
    everything else a subdomain. Source: Kubernetes' object names page.
    """
    if group == _PATH_SEGMENT_GROUP:
        if not name or name in (".", "..") or len(name) > 253 or re.search(r"[/%\x00-\x1f]", name):
            raise _refuse(kind, name, "must be one path segment: no '/', no '%', not '..'", where)
    elif group == "" and kind in ("Namespace", "Service"):
        check_label(kind, name, where=where)
    else:
        check_subdomain(kind, name, where=where)
