"""The charts at hand: those of the option `--charts`, and those of the project's store."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.core.errors import ConfigError

if TYPE_CHECKING:
    from kubestrata.helm.store import ChartStore

ABOUT = "A folder of Helm charts, as folders and archives, beside the store of charts."


def chart_store(folder: Path | None, command: str, tree: Path | None = None) -> ChartStore:
    """Return the store of the project in the current folder, with the charts of a folder.

    `tree` is the folder of plain YAML that is read, None for the project itself.
    Raises ConfigError if the folder does not exist, ImportSourceError for an invalid charts.lock.
    """
    from kubestrata.helm.charts_lock import read_lock
    from kubestrata.helm.store import ChartStore
    from kubestrata.synth.config_file import store_in

    if folder is not None and not folder.is_dir():
        raise ConfigError(command, f"--charts {folder}", "is not a folder")
    top = Path.cwd() if tree is None else tree
    folders = [] if folder is None else [folder]
    store = ChartStore(store_in(Path.cwd()), folders, top, read_lock(top))
    if tree is not None:
        store.import_command += f" {shlex.quote(str(tree))}"
    store.open()
    return store
