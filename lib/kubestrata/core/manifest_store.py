"""YAML files of other projects at hand: a lock has their digests, a store their bytes.

The lock is `manifests.lock` beside cdk8s.yaml. The store is the folder of charts, which
repositories share. Nothing here reads the network.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Generator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeAlias

from kubestrata.core.errors import ImportSourceError, YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, mapping
from kubestrata.core.regular_file import read_regular, read_regular_text
from kubestrata.core.yaml_read import load_all
from kubestrata.core.yaml_text import dump

LOCK_FILE = "manifests.lock"
COMMAND = "kubestrata import --manifests"
MOST_BYTES = 64 * 1024 * 1024
_HEAD = f"# Written by `{COMMAND}`, and not edited: digests of YAML files.\n"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_FIX = f"restore {LOCK_FILE}, or delete it and run `{COMMAND}` again"

Fetch: TypeAlias = Callable[[str], bytes]
"""Returns the bytes at a URL, fetched if need be."""


def digest_of(data: bytes) -> str:
    """Return `sha256:` and the digest of a file."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def read_lock(folder: Path) -> dict[str, str]:
    """Return URL -> digest of the lock in a folder, nothing if there is no lock.

    Raises ImportSourceError for a file that is not a lock.
    """
    try:
        documents: list[Any] = load_all(
            read_regular_text(folder / LOCK_FILE, MOST_BYTES), LOCK_FILE
        )
    except FileNotFoundError:
        return {}
    except YamlSyntaxError as error:
        raise ImportSourceError(error.where, error.what, error.why, _FIX) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ImportSourceError(LOCK_FILE, "cannot be read", why, _FIX) from None
    found = mapping(documents[0] if documents else None).get("manifests")
    digests = {url: str(digest) for url, digest in mapping(found).items()}
    if not is_mapping(found) or not all(map(_DIGEST.fullmatch, digests.values())):
        why = "manifests must have a digest sha256:... for each URL"
        raise ImportSourceError(LOCK_FILE, "is not a lock", why, _FIX)
    return digests


def lock_text(digests: Mapping[str, str]) -> str:
    """Return the text of a lock, by URL."""
    return _HEAD + dump({"manifests": {url: digests[url] for url in sorted(digests)}})


class ManifestStore(Frozen):
    """The files in a folder, named by their digests."""

    root: Path

    def place(self, digest: str) -> Path:
        """Return the path of a file."""
        return self.root / "manifests" / f"{digest.removeprefix('sha256:')}.yaml"

    def find(self, digest: str) -> bytes | None:
        """Return the bytes of a digest, None if they are not stored, or are others."""
        try:
            data = read_regular(self.place(digest), MOST_BYTES)
        except OSError:
            return None
        return data if digest_of(data) == digest else None


_fetch: ContextVar[Fetch | None] = ContextVar("fetch", default=None)


@contextlib.contextmanager
def fetching(fetch: Fetch) -> Generator[None]:
    """Let Manifests in this context use `fetch` for URLs; only `kubestrata import` does."""
    token = _fetch.set(fetch)
    try:
        yield
    finally:
        _fetch.reset(token)


def current_fetch() -> Fetch | None:
    """Return the function that fetches in this context, None outside of an import."""
    return _fetch.get()
