"""Render releases in parallel worker processes, from the cache where possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from kubestrata.core.secret_record import remember
from kubestrata.helm.chart_traits import ChartTraits
from kubestrata.helm.release import Release
from kubestrata.helm.render_cache import RenderCache
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.store import ChartStore
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.work import Work
from kubestrata.helm.worker_pool import Limits, WorkerPool


class Renderer:
    """A context manager; leaving it ends the workers, which are started when first needed.

    ```python
    with Renderer(store) as renderer:
        results = renderer.render_all(releases)
    ```

    `seconds` and `memory_bytes` are the limits of one release; a release beyond them is not
    rendered. All together have `total_seconds`, and one more for each release. `processes` is at
    most the number of cores by default.
    """

    def __init__(
        self,
        store: ChartStore,
        *,
        seconds: float = 20,
        total_seconds: float = 30,
        memory_bytes: int = 1 << 30,
        processes: int = 0,
    ) -> None:
        self._store = store
        self._cache = RenderCache(store)
        self._pool = WorkerPool(Limits(seconds, memory_bytes, total_seconds), processes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()
        self._cache.prune()

    def key(self, release: Release) -> str:
        """Return the digest of all that the result of a release depends on."""
        return self._cache.key(self._work(release))

    def traits(self, chart: StoredChart) -> ChartTraits:
        """Return the facts of the cluster that a chart reads."""
        return self._cache.traits(chart)

    def note(self, release: Release, name: str) -> str | None:
        """Return a text that was kept with the result of a release, None if there is none."""
        return self._cache.note(self.key(release), name)

    def keep_note(self, release: Release, name: str, text: str) -> None:
        """Keep a text with the result of a release."""
        self._cache.keep_note(self.key(release), name, text)

    def render_all(self, releases: Sequence[Release]) -> list[Rendered | NotRendered]:
        """Return the result of each release, in the order of the releases."""
        found = dict(self.render_each(releases))
        results = [found[position] for position in range(len(releases))]
        for result in results:
            _remember_secrets(result)
        return results

    def render_each(
        self, releases: Sequence[Release]
    ) -> Iterator[tuple[int, Rendered | NotRendered]]:
        """Yield the result of each release with its position, as they are done; none is kept.

        The secrets in them are not kept out of the output either: only compare them.
        """
        positions: dict[str, list[int]] = {}
        works: dict[str, Work] = {}
        for position, release in enumerate(releases):
            work = self._work(release)
            key = self._cache.key(work)
            works[key] = work
            positions.setdefault(key, []).append(position)
        for key in list(works):
            if (known := self._cache.read(key)) is not None:
                del works[key]
                yield from ((at, known.result) for at in positions[key])
        keys = list(works)
        for number, outcome in self._pool.run(list(works.values())):
            self._cache.write(keys[number], outcome)
            yield from ((at, outcome.result) for at in positions[keys[number]])

    def _work(self, release: Release) -> Work:
        """Return a release with the facts that its chart, or a template in its values, reads."""
        traits = self.traits(release.chart)
        values = str(release.values)
        looks_up = traits.lookup or "lookup " in values
        return Work(
            str(release.chart.path),
            release.chart.digest,
            release.name,
            release.namespace,
            dict(release.values),
            release.kubernetes,
            traits.chosen(release.api_versions, values),
            release.is_upgrade,
            dict(release.objects) if looks_up else {},
            str(self._store.root),
            [str(each) for each in self._store.folders],
            release.once,
            release.has_schema,
        )


def _remember_secrets(result: Rendered | NotRendered) -> None:
    """Keep the values of rendered Secrets out of everything that is printed."""
    if isinstance(result, Rendered):
        for each in (*result.objects, *result.crds):
            remember(each.manifest)
