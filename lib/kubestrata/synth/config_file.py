"""The cdk8s.yaml of a project, which marks its root."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kubestrata.core.bindings_path import CONFIG
from kubestrata.core.config_file import CONFIG_BYTES, load_config
from kubestrata.core.regular_file import read_regular_text

if TYPE_CHECKING:
    from kubestrata.rules.settings import Settings


def store_in(folder: Path) -> Path:
    """Return the store of charts that the cdk8s.yaml of a folder names; the default if none."""
    from kubestrata.helm.store import default_root, store_root

    return store_root(load_config(folder), folder) if (folder / CONFIG).exists() else default_root()


def text_lines(folder: Path) -> list[str]:
    """Return the lines of the cdk8s.yaml of a folder; none if it cannot be read."""
    try:
        return read_regular_text(folder / CONFIG, CONFIG_BYTES).splitlines()
    except OSError:
        return []


def settings_in(folder: Path) -> Settings:
    """Return the rule settings in the cdk8s.yaml of a folder; the defaults if there is none."""
    from kubestrata.rules.settings import Settings, read_settings

    return read_settings(load_config(folder), folder) if (folder / CONFIG).exists() else Settings()


def facts_in(folder: Path) -> Settings:
    """Return the roots and provided objects in the cdk8s.yaml of a folder that is checked."""
    from kubestrata.rules.settings import Settings, read_facts

    return read_facts(load_config(folder)) if (folder / CONFIG).exists() else Settings()
