"""Generator of the bindings in FOLDER/cdk8s.yaml, which prints their number.

Usage: python generate_bindings.py FOLDER

Skipped documents are printed and not an error: a file may repeat a version of another.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from kubestrata.bindings import generate


def main(folder: Path) -> None:
    """Write FOLDER/kubeapis and print a line of JSON."""
    mirror = os.environ.get("KUBESTRATA_MIRROR")
    report = generate(
        folder / "cdk8s.yaml", imports_dir=folder, mirror=Path(mirror) if mirror else None
    )
    counts = {"kinds": len(report.kinds), "files": len(report.files)}
    print(json.dumps({**counts, "problems": report.problems}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
