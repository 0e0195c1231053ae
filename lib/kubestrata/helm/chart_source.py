"""Addresses of charts, as releases name them and as the lock keeps them.

| address | source |
| --- | --- |
| `https://charts.example.org` | a repository with an index.yaml |
| `oci://registry.example.org/charts/shop` | a chart in a registry |
| `git+https://git.example.org/shop@v1.2.0#charts/shop` | a folder of a Git repository |
| `charts/shop`, `shop-1.2.0.tgz` | a folder or an archive, relative to cdk8s.yaml |
"""

from __future__ import annotations

from urllib.parse import urlsplit

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen

GIT = "git+"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class WantedChart(Frozen, order=True):
    """A chart that a release uses; `version` may be a range, or '' for the newest."""

    name: str
    version: str
    source: str


class GitAddress(Frozen):
    """A folder at a branch, a tag or a commit of a Git repository."""

    url: str
    ref: str
    path: str

    def __str__(self) -> str:
        return f"{GIT}{self.url}@{self.ref}#{self.path}"


def git_address(source: str) -> GitAddress:
    """Return the parts of a Git address; raise ImportSourceError if it has others."""
    whole, _, path = source.removeprefix(GIT).partition("#")
    url, at, ref = whole.rpartition("@")
    if not at or not url or not ref or ref.startswith("-") or url.startswith("-"):
        fix = "write git+URL@REF#FOLDER"
        raise ImportSourceError(source, "cannot be fetched", "is not a Git address", fix)
    return GitAddress(url, ref, path.strip("/"))


def is_git(source: str) -> bool:
    """Return True for a folder of a Git repository."""
    return source.startswith(GIT)


def is_oci(source: str) -> bool:
    """Return True for a chart in a registry."""
    return source.startswith("oci://")


def is_http(source: str) -> bool:
    """Return True for a repository with an index."""
    return source.startswith(("https://", "http://"))


def require_no_login(source: str) -> None:
    """Raise ImportSourceError, which does not show it, for an address with a login.

    The user name of ssh is none.
    """
    parts = urlsplit(source.removeprefix(GIT))
    login, _, host = parts.netloc.rpartition("@")
    if login and (":" in login or parts.scheme != "ssh"):
        why = "has a login in its address, which is not supported"
        fix = "fetch the chart yourself, and name its folder with --charts"
        raise ImportSourceError(
            f"{parts.scheme}://{host}{parts.path}", "cannot be fetched", why, fix
        )


def require_https(url: str) -> str:
    """Return an address; raise ImportSourceError for http, except to this machine, and logins."""
    require_no_login(url)
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
        return url
    why = "is not an https address"
    raise ImportSourceError(url, "cannot be fetched", why, "use https, or a local folder of charts")


def is_loopback(host: str | None) -> bool:
    """Return True for names and addresses of this machine."""
    return host in _LOOPBACK
