"""The charts at hand: those of the option `--charts`, and those of the project's store."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.core.errors import ConfigError

if TYPE_CHECKING:
    from kubestrata.helm.store import ChartStore


def chart_store(folders: Sequence[Path], command: str, tree: Path | None = None) -> ChartStore:
    """Return the store of the project in the current folder, with the charts of some folders.

    Of charts with one name and version that of the first folder counts.
    `tree` is the folder of plain YAML that is read, None for the project itself.
    Raises ConfigError if a folder does not exist, ImportSourceError for an invalid charts.lock.
    """
    from kubestrata.helm.charts_lock import read_lock
    from kubestrata.helm.store import ChartStore
    from kubestrata.synth.config_file import store_in

    for each in folders:
        if not each.is_dir():
            raise ConfigError(command, f"--charts {each}", "is not a folder")
    top = Path.cwd() if tree is None else tree
    store = ChartStore(store_in(Path.cwd()), folders, top, read_lock(top))
    if tree is not None:
        store.import_command += f" {shlex.quote(str(tree))}"
    store.open()
    return store
