"""The cdk8s.yaml of a project, which marks its root."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubestrata.core.errors import ConfigError
from kubestrata.core.json_value import mapping
from kubestrata.core.regular_file import read_regular_text
from kubestrata.core.yaml_read import load_all

if TYPE_CHECKING:
    from kubestrata.rules.settings import Settings

CONFIG = "cdk8s.yaml"
_MAX_BYTES = 4_000_000


def load_config(root: Path) -> dict[str, Any]:
    """Return the content of cdk8s.yaml; raises ConfigError if it is missing or not a mapping."""
    config = root / CONFIG
    try:
        documents = load_all(read_regular_text(config, _MAX_BYTES), CONFIG)
    except FileNotFoundError as error:
        fix = "run the command in the project's folder"
        why = "it marks the root of a project"
        raise ConfigError(CONFIG, f"not found in {root}", why, fix) from error
    except OSError as error:
        raise ConfigError(CONFIG, "cannot be read", error.strerror or str(error)) from error
    found: object = documents[0] if documents else {}
    settings = mapping(found)
    if settings is not found:
        raise ConfigError(CONFIG, "is not a mapping", f"it is a {type(found).__name__}")
    return settings


def store_in(folder: Path) -> Path:
    """Return the store of charts that the cdk8s.yaml of a folder names; the default if none."""
    from kubestrata.helm.store import default_root, store_root

    return store_root(load_config(folder), folder) if (folder / CONFIG).exists() else default_root()


def text_lines(folder: Path) -> list[str]:
    """Return the lines of the cdk8s.yaml of a folder; none if it cannot be read."""
    try:
        return read_regular_text(folder / CONFIG, _MAX_BYTES).splitlines()
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
