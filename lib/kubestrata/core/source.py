"""Where manifests and charts come from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.names import check_subdomain
from kubestrata.core.origin import caller
from kubestrata.core.value.duration import Duration

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_URL = re.compile(r"(https?|ssh|oci)://[^\s]+\Z")


def _check_url(url: str) -> None:
    if not _URL.match(url):
        why = "is not an http(s), ssh or oci address"
        raise InvalidValue(str(caller()), f"url {url!r}", why)


@dataclass(frozen=True, slots=True)
class RemoteManifests:
    """Manifests in somebody else's Git repository, pinned to a commit.

    `path` is a folder with a kustomization.yaml; `groups` are the API groups of the CRDs in
    it. What has CRDs is never pruned.
    """

    url: str
    commit: str
    path: str
    groups: frozenset[str] = frozenset()
    interval: Duration = field(default_factory=lambda: Duration("1h"))

    def __post_init__(self) -> None:
        _check_url(self.url)
        if not _COMMIT.match(self.commit):
            fix = "write the 40 hexadecimal digits of the commit"
            raise InvalidValue(
                str(caller()), f"commit {self.commit!r}", "is not a full commit", fix
            )


@dataclass(frozen=True, slots=True)
class ChartRepository:
    """A Helm repository, by https or OCI; one source object serves all who use it."""

    name: str
    url: str

    def __post_init__(self) -> None:
        check_subdomain(str(caller()), "chart repository", self.name)
        _check_url(self.url)

    @property
    def is_oci(self) -> bool:
        """Whether charts are OCI artifacts below the address."""
        return self.url.startswith("oci://")


@dataclass(frozen=True, slots=True)
class GitRepository:
    """The repository that holds the output; `secret` names its credentials in the cluster."""

    url: str
    branch: str = "main"
    secret: str | None = None

    def __post_init__(self) -> None:
        _check_url(self.url)
