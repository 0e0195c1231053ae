"""A folder of charts: folders and archives, for judging values; nothing is generated of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubestrata.bindings.address import ARCHIVES
from kubestrata.bindings.chart import Chart, chart_in_archive, chart_in_folder, is_chart_folder
from kubestrata.bindings.collection import values_schema
from kubestrata.bindings.document import MAX_BYTES
from kubestrata.core.errors import ImportSourceError

_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class ShelvedChart:
    """A chart by the name and version that releases use, and the schema of its values."""

    name: str
    version: str
    schema: dict[str, Any]


def read_charts(folder: Path) -> tuple[list[ShelvedChart], list[str]]:
    """The charts of a folder, and what is wrong with those that cannot be used."""
    found: list[ShelvedChart] = []
    problems: list[str] = []
    for path in _charts(folder, 0):
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
                found.append(ShelvedChart(chart.title, chart.version, schema))
    return found, problems


def _charts(folder: Path, depth: int) -> Iterator[Path]:
    """Charts in a folder and in folders below it, none within another; links are passed over."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            if is_chart_folder(path):
                yield path
            elif depth < _DEEPEST:
                yield from _charts(path, depth + 1)
        elif path.name.endswith(ARCHIVES) and path.is_file():
            yield path


def _read(address: str, path: Path) -> Chart:
    if path.is_dir():
        return chart_in_folder(address, path)[0]
    if path.stat().st_size > MAX_BYTES:
        raise ImportSourceError(address, "cannot be read", f"is larger than {MAX_BYTES} bytes")
    return chart_in_archive(address, path.read_bytes())
