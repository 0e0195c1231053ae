"""Content of ConfigMaps."""

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
