"""Charts at hand: the store, and folders of charts beside it."""

from __future__ import annotations

from kubestrata.helm.stored_chart import StoredChart


class ChartStore:
    """Charts by name and version."""

    def find(self, name: str, version: str, source: str = "") -> StoredChart | None:
        """Return a chart, None if it is not at hand; a leading `v` of versions is ignored.

        With a `source`, a chart that was fetched from there is preferred.
        """
        raise NotImplementedError
