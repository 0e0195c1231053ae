"""A chart at hand: its name, its version, where it came from and where its bytes are."""

from __future__ import annotations

from pathlib import Path

from kubestrata.core.frozen import Frozen


class StoredChart(Frozen):
    """A chart in the store or in a folder of charts.

    `digest` is `sha256:` and 64 hexadecimal digits, of the archive, or of the packed tree for a
    chart that was a folder; `source` is the repository or the folder that it was fetched from, ''
    where that is unknown.
    """

    name: str
    version: str
    digest: str
    source: str
    path: Path
