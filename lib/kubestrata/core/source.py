"""Sources of manifests and charts."""

from __future__ import annotations

import re

from msgspec import field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_subdomain
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts
from kubestrata.core.value.url import check_url

ROOT_SOURCE = "flux-system"
"""The name of the GitRepository that holds the output, as `flux bootstrap` creates it."""
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]*\Z")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(json|yaml|yml)\Z")
_SCHEMES = ("https", "http", "ssh", "oci")


def _check_url(url: str) -> None:
    check_url("url", url, schemes=_SCHEMES)


class RemoteManifests(Frozen, kw_only=True):
    """Manifests in another Git repository, pinned to a commit or a tag.

    `path` is a folder, and `files` are names of files in it, all of them if there are none;
    `groups` are the API groups of the CRDs in it, which are never pruned. A commit cannot change; a
    tag can be moved by its owner, and Flux follows it.
    """

    url: str
    commit: str | None = None
    tag: str | None = None
    path: str
    files: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    interval: Duration = field(default_factory=lambda: Duration("1h"))

    def __post_init__(self) -> None:
        check_texts(self)
        _check_url(self.url)
        what = f"manifests of {self.url!r}"
        if (self.commit is None) == (self.tag is None):
            given = "neither" if self.commit is None else f"{self.commit!r} and {self.tag!r}"
            fix = "pass commit= or tag="
            raise InvalidValue(what, f"require a commit or a tag, but have {given}", fix)
        if self.commit is not None and not _COMMIT.match(self.commit):
            fix = "write the 40 hexadecimal digits of the commit"
            raise InvalidValue(f"commit {self.commit!r}", "is not a full commit", fix)
        if self.tag is not None and not _TAG.match(self.tag):
            fix = "write the tag's name: 'v1.4.1'"
            raise InvalidValue(f"tag {self.tag!r}", "is not a Git tag", fix)
        for name in self.files:
            if not _FILE.match(name):
                fix = "write names of files in the folder of path=: 'crds.yaml'"
                raise InvalidValue(f"file {name!r} of {what}", "is not a name of manifests", fix)

    @property
    def revision(self) -> dict[str, str]:
        """The reference for Flux (source: GitRepository spec.ref)."""
        return {"commit": self.commit} if self.commit is not None else {"tag": self.tag or ""}


class ChartRepository(Frozen):
    """A Helm repository, by https or OCI; with https, its releases share one source object."""

    name: str
    url: str

    def __post_init__(self) -> None:
        check_subdomain("chart repository", self.name)
        _check_url(self.url)

    @property
    def is_oci(self) -> bool:
        """Return True if charts are OCI artifacts below the address."""
        return self.url.startswith("oci://")


class OciChart(Frozen):
    """A Helm chart at one version in a registry; its releases share one source object.

    For the reasons see docs/decisions/0009-oci-charts.md.
    """

    name: str
    url: str
    version: str

    def __post_init__(self) -> None:
        check_subdomain("chart", self.name)
        _check_url(self.url)

    @property
    def tag(self) -> str:
        """Its tag in the registry, where `+` is not allowed (source: Helm, OCI registries)."""
        return self.version.replace("+", "_")


ChartSource = ChartRepository | OciChart


class GitRepository(Frozen):
    """The repository of the output; `secret` is the name of its credentials in the cluster."""

    url: str
    branch: str = "main"
    secret: str | None = None

    def __post_init__(self) -> None:
        _check_url(self.url)
