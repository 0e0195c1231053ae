"""A folder of charts, as folders and archives, used to validate values; never generated from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubestrata.bindings.source.address import ARCHIVES
from kubestrata.bindings.source.chart import (
    SourceChart,
    chart_in_archive,
    chart_in_folder,
    is_chart_folder,
)
from kubestrata.bindings.source.document import MAX_BYTES
from kubestrata.bindings.source.json_schema import values_schema
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.regular_file import read_regular


@dataclass(frozen=True, slots=True)
class ShelvedChart:
    """A chart by the name and version that releases use, and the schema of its values."""

    name: str
    version: str
    schema: dict[str, Any]


def read_charts(folder: Path) -> tuple[list[ShelvedChart], list[str]]:
    """Return the charts of a folder, and the problems of those that cannot be used."""
    found: list[ShelvedChart] = []
    problems: list[str] = []
    for path in _charts(folder):
        address = path.relative_to(folder).as_posix()
        try:
            chart = _read(address, path)
            schema = values_schema(address, chart)
        except ImportSourceError as error:
            problems.append(f"{error.where}: {error.what}: {error.why}")
        except OSError as error:
            problems.append(f"{address}: cannot be read: {error.strerror}")
        else:
            if schema is not None:
                found.append(ShelvedChart(chart.name, chart.version, schema))
    return found, problems


def _charts(folder: Path) -> Iterator[Path]:
    """Yield the charts at any depth of a folder, none within another; links are skipped."""
    pending = [folder]
    while pending:
        here = pending.pop()
        if here.is_dir() and here != folder and is_chart_folder(here):
            yield here
        elif here.is_dir():
            pending += sorted(
                (each for each in here.iterdir() if not each.is_symlink()), reverse=True
            )
        elif here.name.endswith(ARCHIVES) and here.is_file():
            yield here


def _read(address: str, path: Path) -> SourceChart:
    if path.is_dir():
        return chart_in_folder(address, path)[0]
    return chart_in_archive(address, read_regular(path, MAX_BYTES))
