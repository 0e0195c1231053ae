"""The YAML files of other projects that a platform uses: fetched and locked.

The addresses are those that main.py passes to Manifests; there is no second list.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kubestrata.bindings.source.download import download
from kubestrata.core.atomic_file import write_atomically
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.manifest_store import (
    COMMAND,
    LOCK_FILE,
    ManifestStore,
    digest_of,
    fetching,
    lock_text,
    read_lock,
)


class ManifestImport(Frozen):
    """The number of files in the lock, and of those that were fetched."""

    files: int
    fetched: int


class _Fetching:
    """The files of one run of main.py."""

    def __init__(self, folder: Path, store: ManifestStore) -> None:
        self._locked = read_lock(folder)
        self._store = store
        self.digests: dict[str, str] = {}
        self.fetched = 0

    def __call__(self, url: str) -> bytes:
        """Return the bytes at a URL; raise ImportSourceError if they are not those of the lock."""
        digest = self.digests.get(url) or self._locked.get(url)
        data = self._store.find(digest) if digest else None
        if data is None:
            data = download(url)
            self._add(url, data, digest)
        self.digests[url] = digest_of(data)
        return data

    def _add(self, url: str, data: bytes, digest: str | None) -> None:
        found = digest_of(data)
        if digest not in (None, found):
            why = f"its digest is {found}, {LOCK_FILE} has {digest}"
            fix = f"if the change is intended, delete its entry in {LOCK_FILE}"
            raise ImportSourceError(url, "is locked but has changed", why, fix)
        place = self._store.place(found)
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(place, data)
        except OSError as error:
            why = f"{place.parent}: {error.strerror or type(error).__name__}"
            fix = "name another folder in cdk8s.yaml: kubestrata: charts: {store: PATH}"
            raise ImportSourceError(url, "cannot be stored", why, fix) from None
        self.fetched += 1


def import_manifests(
    build: Callable[[], object], folder: Path, store: ManifestStore
) -> ManifestImport:
    """Run `build`, fetch the files that it uses and the store lacks, and write the lock.

    Raises ImportSourceError for a file that cannot be fetched or has changed; the lock stays then.
    """
    fetch = _Fetching(folder, store)
    with fetching(fetch):
        build()
    path, text = folder / LOCK_FILE, lock_text(fetch.digests)
    exists = path.exists()
    if (fetch.digests or exists) and (not exists or path.read_text(encoding="utf-8") != text):
        write_atomically(path, text.encode())
        path.chmod(0o644)
    return ManifestImport(len(fetch.digests), fetch.fetched)


def check_manifests(build: Callable[[], object], folder: Path, store: ManifestStore) -> list[str]:
    """Return a line for each difference of main.py, lock and store; needs no network."""
    locked = read_lock(folder)
    used: set[str] = set()

    def find(url: str) -> bytes:
        used.add(url)
        data = store.find(locked[url]) if url in locked else None
        if data is None:
            what = (
                "is not in the store with its locked digest" if url in locked else "is not locked"
            )
            raise ImportSourceError(LOCK_FILE, url, what, f"run `{COMMAND}`")
        return data

    with fetching(find):
        build()
    return [f"{url}: in {LOCK_FILE}, but not used" for url in sorted(locked.keys() - used)]
