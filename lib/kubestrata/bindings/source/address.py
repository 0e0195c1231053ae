"""The entries of `imports:` in cdk8s.yaml, in the syntax of `cdk8s import`."""

from __future__ import annotations

import keyword
import re

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen

RAW_HOST = "https://raw.githubusercontent.com"
CRD_HOST = "https://doc.crds.dev/raw"
ARCHIVES = (".tgz", ".tar.gz")
_KUBERNETES = re.compile(r"k8s@v?([0-9]+\.[0-9]+\.[0-9]+)\Z")
_GITHUB = re.compile(r"github:([^/@\s]+/[^/@\s]+)@([^/\s]+)/(\S+)\Z")
_INDEXED = re.compile(
    r"github:([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)(?:@v?([0-9]+)\.([0-9]+)(?:\.([0-9]+))?)?\Z"
)
_PINNED = re.compile(re.escape(RAW_HOST) + r"/[^/]+/[^/]+/(?:refs/(?:tags|heads)/)?([^/]+)/")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}\Z")


class Entry(Frozen):
    """One source: the name it was given (or ''), its address and the version it pins (or '')."""

    name: str
    address: str
    version: str

    @property
    def is_kubernetes(self) -> bool:
        """Return True for Kubernetes itself, False for a file of CRDs."""
        return self.address.startswith("k8s@")

    @property
    def is_schema(self) -> bool:
        """Return True for a JSON schema: of a chart's values, or of configuration documents."""
        return self.address.endswith(".schema.json")

    @property
    def is_archive(self) -> bool:
        """Return True for the archive of a Helm chart."""
        return self.address.endswith(ARCHIVES)

    @property
    def is_url(self) -> bool:
        """Return True if the source is read from the network or a mirror."""
        return self.address.startswith("https://")

    @property
    def url(self) -> str:
        """The URL to download."""
        if self.is_kubernetes:
            folder = f"{RAW_HOST}/cdk8s-team/cdk8s/master/kubernetes-schemas"
            return f"{folder}/v{self.version}/_definitions.json"
        return self.address


def _refuse(text: str, why: str, fix: str) -> ImportSourceError:
    return ImportSourceError("cdk8s.yaml", f"import {text!r}", why, fix)


def _parse_github(text: str, name: str, address: str) -> Entry:
    """Parse the address of a file, or of all CRDs of a repository's version, as cdk8s does."""
    file = _GITHUB.match(address)
    if file is not None:
        return Entry(name, f"{RAW_HOST}/{file[1]}/{file[2]}/{file[3]}", file[2])
    found = _INDEXED.match(address)
    if found is None or ".." in (found[1], found[2]):
        fix = "write github:org/repo@1.2.3 or github:org/repo@version/path/to/crd.yaml"
        raise _refuse(text, "names neither a version nor a file", fix)
    organisation, repository, major, minor, patch = found.groups()
    version = f"v{major}.{minor}.{patch or 0}" if major else ""
    suffix = f"@{version}" if version else ""
    return Entry(name, f"{CRD_HOST}/github.com/{organisation}/{repository}{suffix}", version)


def parse_entry(text: str) -> Entry:
    """Read one entry: `k8s@1.35.0`, an https URL, a path, a glob or `github:`, named or not."""
    name, separator, address = text.strip().rpartition(":=")
    if any(not character.isprintable() for character in text) or not address:
        raise _refuse(text, "is not an address", "write a path, an https URL or k8s@VERSION")
    if separator and (not _NAME.match(name) or keyword.iskeyword(name)):
        raise _refuse(text, f"names its package {name!r}", "use lower-case letters, digits and '_'")
    if address == "k8s" or address.startswith("k8s@"):
        found = _KUBERNETES.match(address)
        if found is None:
            raise _refuse(text, "does not pin a version", "write k8s@1.35.0")
        return Entry(name or "k8s", f"k8s@{found[1]}", found[1])
    if address.startswith("github:"):
        return _parse_github(text, name, address)
    if "://" in address and not address.startswith("https://"):
        raise _refuse(text, "is not fetched over https", "use an https URL or a file")
    pinned = _PINNED.match(address)
    return Entry(name, address, pinned[1] if pinned else "")
