"""Render releases in parallel worker processes, from the cache where possible."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.store import ChartStore


class Renderer:
    """A context manager; leaving it ends the workers, which are started when first needed.

    ```python
    with Renderer(store) as renderer:
        results = renderer.render_all(releases)
    ```
    """

    def __init__(self, store: ChartStore, *, seconds: float = 20) -> None:
        self._store = store
        self._seconds = seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace

    def render_all(self, releases: Sequence[Release]) -> list[Rendered | NotRendered]:
        """Return the result of each release, in the order of the releases."""
        raise NotImplementedError
