"""Render releases in parallel worker processes, from the cache where possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from msgspec.structs import replace

from kubestrata.core.secret_record import remember
from kubestrata.helm.chart_traits import ChartTraits
from kubestrata.helm.release import Release
from kubestrata.helm.render_cache import RenderCache
from kubestrata.helm.rendered import NotRendered, Rendered, RenderedObject
from kubestrata.helm.store import ChartStore
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.work import Outcome, Work
from kubestrata.helm.worker_pool import Limits, WorkerPool


class Variant(NamedTuple):
    """A release with one change, to be compared with the result of the `base`."""

    base: Release
    result: Rendered
    release: Release


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
        self._texts: dict[str, Mapping[str, str]] = {}
        """The digests of the texts of templates, by the key of a result."""
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
        for position, outcome in self._outcomes([self._work(each) for each in releases]):
            yield position, outcome.result

    def render_variants(
        self, variants: Sequence[Variant]
    ) -> Iterator[tuple[int, Rendered | NotRendered]]:
        """Yield the result of each variant with its position, as they are done; none is kept.

        Each is rendered once, so fields in `replaced` of the result to compare with differ, and
        it has no CRDs. The secrets in them are not kept out of the output: only compare them.
        """
        works: list[Work] = []
        for each in variants:
            known = self._texts.get(self.key(each.base), {})
            works.append(replace(self._work(each.release), once=True, known=dict(known)))
        for position, outcome in self._outcomes(works):
            yield position, _completed(outcome, variants[position].result)

    def _outcomes(self, works: Sequence[Work]) -> Iterator[tuple[int, Outcome]]:
        """Yield the outcome of each work with its position, the known ones first."""
        positions: dict[str, list[int]] = {}
        for position, work in enumerate(works):
            positions.setdefault(self._cache.key(work), []).append(position)
        waiting: list[str] = []
        for key, places in positions.items():
            if (known := self._cache.read(key)) is None:
                waiting.append(key)
            else:
                self._texts[key] = known.texts
                yield from ((at, known) for at in places)
        first = [works[positions[key][0]] for key in waiting]
        for number, outcome in self._pool.run(first):
            key = waiting[number]
            self._cache.write(key, outcome)
            self._texts[key] = outcome.texts
            yield from ((at, outcome) for at in positions[key])

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
            has_schema=release.has_schema,
        )


def _completed(outcome: Outcome, base: Rendered) -> Rendered | NotRendered:
    """Return the result of a variant, with the objects of the templates that are unchanged."""
    result, unchanged = outcome.result, frozenset(outcome.unchanged)
    if not unchanged or not isinstance(result, Rendered):
        return result
    same = (each for each in base.objects if each.template in unchanged)
    return replace(result, objects=tuple(sorted((*same, *result.objects), key=_template)))


def _template(each: RenderedObject) -> str:
    return each.template


def _remember_secrets(result: Rendered | NotRendered) -> None:
    """Keep the values of rendered Secrets out of everything that is printed."""
    if isinstance(result, Rendered):
        for each in (*result.objects, *result.crds):
            remember(each.manifest)
