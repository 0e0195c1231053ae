"""The folder of files that the commands keep for the user; without them all is done again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(name: str) -> Path:
    """Return `kubestrata/NAME` in the user's cache folder (XDG_CACHE_HOME).

    Raises RuntimeError if the user has no home.
    """
    cache = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(cache) if Path(cache).is_absolute() else Path.home() / ".cache"
    return home / "kubestrata" / name
