"""Content of ConfigMaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.config.config_files import ConfigFiles, create_config_map
    from kubestrata.constructs.config.config_limit import check_size
    from kubestrata.constructs.config.config_reference import ConfigKey, ConfigReference
    from kubestrata.constructs.config.file_content import FileContent, compacted

__all__ = [
    "ConfigFiles",
    "ConfigKey",
    "ConfigReference",
    "FileContent",
    "check_size",
    "compacted",
    "create_config_map",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "config_files": "ConfigFiles create_config_map",
        "config_limit": "check_size",
        "config_reference": "ConfigKey ConfigReference",
        "file_content": "FileContent compacted",
    },
)
