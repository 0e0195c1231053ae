"""The content of the cdk8s.yaml that marks the root of a project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubestrata.core.bindings_path import CONFIG
from kubestrata.core.errors import ConfigError
from kubestrata.core.json_value import mapping
from kubestrata.core.regular_file import read_regular_text
from kubestrata.core.yaml_read import load_all

CONFIG_BYTES = 4_000_000


def load_config(root: Path) -> dict[str, Any]:
    """Return the content of cdk8s.yaml; raises ConfigError if it is missing or not a mapping."""
    config = root / CONFIG
    try:
        documents = load_all(read_regular_text(config, CONFIG_BYTES), CONFIG)
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
