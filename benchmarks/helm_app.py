"""The workload by Helm, in process: `python helm_app.py CHART OUTPUT_FOLDER NAMESPACE`."""

from __future__ import annotations

import sys
from pathlib import Path

import helm_python


def main(folder: str, output: str, namespace: str) -> None:
    """Render the chart of a folder with its own values, and write its manifests."""
    with helm_python.Chart.load(folder) as chart:
        manifests = chart.render(name=chart.name, namespace=namespace)
    with Path(output, "objects.yaml").open("w", encoding="utf-8") as target:
        for template, manifest in manifests.items():
            if template.endswith(".yaml"):
                target.write(f"---\n{manifest}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
