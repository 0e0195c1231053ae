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


def _refuse(where: str, what: str, name: str, why: str) -> InvalidName:
    return InvalidName(where, f"{what} {_shorten(name)!r}", why)


def check_label(where: str, what: str, name: str) -> None:
    """Require an RFC 1123 label: at most 63 characters (namespaces, components, clusters)."""
    if len(name) > 63:
        raise _refuse(where, what, name, f"has {len(name)} characters; at most 63 are allowed")
    if not _LABEL.match(name):
        raise _refuse(where, what, name, f"must be {_RULES}")


def check_subdomain(where: str, what: str, name: str) -> None:
    """Require an RFC 1123 subdomain: labels joined by dots, at most 253 characters."""
    if len(name) > 253:
        raise _refuse(where, what, name, f"has {len(name)} characters; at most 253 are allowed")
    if not _SUBDOMAIN.match(name):
        raise _refuse(where, what, name, f"must be {_RULES}, in parts joined by '.'")


def check_object_name(where: str, group: str, kind: str, name: str) -> None:
    """Require a name that the API server accepts for this kind.

    RBAC objects take any path segment (`system:node`), Services and Namespaces a label,
    everything else a subdomain. Source: Kubernetes' object names page.
    """
    if group == _PATH_SEGMENT_GROUP:
        if not name or name in (".", "..") or len(name) > 253 or re.search(r"[/%\x00-\x1f]", name):
            raise _refuse(where, kind, name, "must be one path segment: no '/', no '%', not '..'")
    elif group == "" and kind in ("Namespace", "Service"):
        check_label(where, kind, name)
    else:
        check_subdomain(where, kind, name)
