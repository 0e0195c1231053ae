"""Fetching charts into the store, by the digests of the lock where it has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import normpath

from kubestrata.core.errors import ImportSourceError
from kubestrata.helm.chart_file import Dependency, read_chart_file
from kubestrata.helm.chart_folder import loaded
from kubestrata.helm.chart_source import (
    GitAddress,
    WantedChart,
    git_address,
    is_git,
    is_http,
    is_oci,
    require_no_login,
)
from kubestrata.helm.charts_lock import LOCK_FILE
from kubestrata.helm.git_folder import GitCheckout, checkout
from kubestrata.helm.http_repository import HttpRepository
from kubestrata.helm.locked_chart import LockedChart, locked_as
from kubestrata.helm.oci_registry import RegistryChart
from kubestrata.helm.packed import packed, unpacked
from kubestrata.helm.store import ChartStore, archive_at, digest_of
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.sub_chart import folders_in, missing_in

_FILE = "file://"
_DEEPEST = 5

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Fetched:
    """The entries for the lock, and a line for each chart that cannot be fetched."""

    charts: list[LockedChart] = field(default_factory=list[LockedChart])
    problems: list[str] = field(default_factory=list[str])
    new: int = 0


def fetch_charts(
    wanted: Iterable[WantedChart],
    locked: Sequence[LockedChart],
    store: ChartStore,
    folder: Path,
    progress: Progress = lambda _what, _done, _all: None,
) -> Fetched:
    """Fetch charts and their sub-charts that the store lacks; paths begin at `folder`.

    A chart that cannot be fetched keeps its entry in the lock. Raises ImportSourceError if the
    content of a locked chart has changed.
    """
    with ExitStack() as stack:
        fetching = _Fetching(locked, store, folder, stack)
        charts = sorted(set(wanted))
        for number, each in enumerate(charts):
            progress("fetching", number, len(charts))
            fetching.fetch(each, 0)
        progress("fetching", len(charts), len(charts))
        return fetching.result


def missing_charts(
    wanted: Iterable[WantedChart], locked: Sequence[LockedChart], store: ChartStore
) -> list[str]:
    """Return a line for each chart that is not in the lock, or not in the store as locked."""
    unlocked = [each for each in sorted(set(wanted)) if locked_as(each, locked) is None]
    gone = [each for each in locked if not store.has(each.name, each.version, each.digest)]
    return [
        *(f"{each.name or each.source} {each.version}: not in {LOCK_FILE}" for each in unlocked),
        *(f"{each.name} {each.version}: not in the store with its locked digest" for each in gone),
    ]


class _ChangedError(ImportSourceError):
    """The content of a locked chart has changed."""


class _Fetching:
    def __init__(
        self, locked: Sequence[LockedChart], store: ChartStore, folder: Path, stack: ExitStack
    ) -> None:
        self._locked = locked
        self._store = store
        self._folder = folder
        self._stack = stack
        self._repositories: dict[str, HttpRepository] = {}
        self._checkouts: dict[tuple[str, str], GitCheckout] = {}
        self._seen: set[WantedChart] = set()
        self.result = Fetched()

    def fetch(self, wanted: WantedChart, depth: int) -> None:
        """Fetch one chart and its sub-charts, or report why not."""
        if wanted in self._seen or depth > _DEEPEST:
            return
        self._seen.add(wanted)
        entry = locked_as(wanted, self._locked)
        try:
            chart = self._chart(wanted, entry)
            self.result.charts.append(
                LockedChart(chart.name, chart.version, wanted.source, chart.digest)
            )
            for each in self._sub_charts(chart, wanted):
                self.fetch(each, depth + 1)
        except _ChangedError:
            raise
        except ImportSourceError as error:
            parts = (error.where, error.what, error.why)
            self.result.problems.append("; ".join(filter(None, (": ".join(parts), error.fix))))
            if entry is not None:
                self.result.charts.append(entry)

    def _chart(self, wanted: WantedChart, entry: LockedChart | None) -> StoredChart:
        if entry is not None and self._store.has(entry.name, entry.version, entry.digest):
            return self._store.get(entry.name, entry.version, entry.digest, wanted.source)
        version = entry.version if entry is not None and not _is_place(wanted) else wanted.version
        data = self._bytes(WantedChart(wanted.name, version, wanted.source))
        facts = read_chart_file(wanted.source, unpacked(wanted.source, data))
        if wanted.name and facts.name != wanted.name:
            raise ImportSourceError(wanted.source, "is another chart", f"its name is {facts.name}")
        if entry is not None and digest_of(data) != entry.digest:
            why = f"its digest is {digest_of(data)}, {LOCK_FILE} has {entry.digest}"
            fix = f"if the change is intended, delete its entry in {LOCK_FILE}"
            what = f"chart {facts.name} {facts.version} has changed"
            raise _ChangedError(wanted.source, what, why, fix)
        self.result.new += 1
        return self._store.add(data, wanted.source)

    def _bytes(self, wanted: WantedChart) -> bytes:
        source = wanted.source
        require_no_login(source)
        if is_http(source):
            repository = self._repositories.setdefault(source, HttpRepository(source))
            return repository.fetch(wanted.name, wanted.version)
        if is_oci(source):
            return RegistryChart(source).fetch(wanted.version)
        if is_git(source):
            address = git_address(source)
            files = loaded(source, self._checkout(address).files(address.path))
            return packed(read_chart_file(source, files).name, files)
        path = self._folder / source
        if not path.exists():
            raise ImportSourceError(source, "cannot be read", "there is no such file or folder")
        return archive_at(path)

    def _checkout(self, address: GitAddress) -> GitCheckout:
        key = (address.url, address.ref)
        if key not in self._checkouts:
            self._checkouts[key] = self._stack.enter_context(checkout(address))
        return self._checkouts[key]

    def _sub_charts(self, chart: StoredChart, parent: WantedChart) -> list[WantedChart]:
        """Return the sub-charts that a chart declares, at any depth, and does not contain."""
        files = unpacked(chart.name, archive_at(chart.path))
        found: list[WantedChart] = []
        pending = [""]
        while pending:
            below = pending.pop()
            for each in missing_in(chart.name, files, below):
                source = _sub_source(each, parent.source, below)
                found.append(WantedChart(each.name, each.version, source))
            pending += [f"{below}charts/{name}/" for name in folders_in(files, below)]
        return found


def _is_place(wanted: WantedChart) -> bool:
    """Return True for a source that has one chart, at whatever version."""
    return not (is_http(wanted.source) or is_oci(wanted.source))


def _sub_source(each: Dependency, parent: str, below: str) -> str:
    """Return the source of a sub-chart; raise ImportSourceError if it cannot be fetched."""
    address = each.repository.rstrip("/")
    if is_oci(address):
        return f"{address}/{each.name}"
    if is_http(address):
        return address
    if address.startswith(_FILE) and not is_http(parent) and not is_oci(parent):
        relative = f"{below}{address.removeprefix(_FILE)}"
        if not is_git(parent):
            return normpath(f"{parent}/{relative}")
        git = git_address(parent)
        path = normpath(f"{git.path}/{relative}")
        if not path.startswith(("/", "..")):
            return str(GitAddress(git.url, git.ref, path))
    where = f"sub-chart {each.name} {each.version}"
    why = f"repository {each.repository!r} is not an address" if address else "has no repository"
    raise ImportSourceError(where, "cannot be fetched", why)
