"""Validation of files by the Python API of kubernetes-validate, given a FOLDER.

Runs in the environment of that package, without kubestrata, and prints JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import yaml

_VERSION = "1.35"


def main() -> None:
    """Validate every object; with `strict`, unknown fields are refused."""
    library = importlib.import_module("kubernetes_validate")
    checked, faults = 0, list[str]()
    for file in sorted(Path(sys.argv[1]).glob("*.yaml")):
        for manifest in yaml.load_all(file.read_text(), yaml.CSafeLoader):
            try:
                library.validate(manifest, _VERSION, strict=True)
            except library.SchemaNotFoundError:
                continue
            except library.ValidationError as error:
                faults.append(error.message)
            checked += 1
    json.dump({"checked": checked, "faults": faults}, sys.stdout)


if __name__ == "__main__":
    main()
