"""charts.lock: the charts that a platform uses, with their digests, as YAML beside cdk8s.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kubestrata.core.atomic_file import write_atomically
from kubestrata.core.errors import ImportSourceError, YamlSyntaxError
from kubestrata.core.json_value import is_list, mapping, sequence
from kubestrata.core.regular_file import read_regular_text
from kubestrata.core.yaml_read import load_all
from kubestrata.helm.locked_chart import LockedChart

LOCK_FILE = "charts.lock"
_HEAD = "# Written by `kubestrata import --charts`, and not edited: digests of charts.\n"
_MAX_BYTES = 16_000_000
_FIELDS = ("name", "version", "source", "digest")
_FIX = f"restore {LOCK_FILE}, or delete it and run `kubestrata import --charts` again"


def lock_text(charts: Iterable[LockedChart]) -> str:
    """Return the text of a lock, sorted, each chart once."""
    lines = [_HEAD, "charts:\n"] if (found := sorted(set(charts))) else [_HEAD, "charts: []\n"]
    for chart in found:
        for field in _FIELDS:
            mark = "-" if field == "name" else " "
            lines += (f"  {mark} {field}: {_quoted(chart, field)}\n",)
    return "".join(lines)


def _quoted(chart: LockedChart, field: str) -> str:
    text = str(getattr(chart, field)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def read_lock(folder: Path) -> list[LockedChart]:
    """Return the entries of the lock in a folder, none if there is no lock.

    Raises ImportSourceError for a file that is not a lock.
    """
    try:
        documents: list[Any] = load_all(
            read_regular_text(folder / LOCK_FILE, _MAX_BYTES), LOCK_FILE
        )
    except FileNotFoundError:
        return []
    except YamlSyntaxError as error:
        raise ImportSourceError(error.where, error.what, error.why, _FIX) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ImportSourceError(LOCK_FILE, "cannot be read", why, _FIX) from None
    listed: object = mapping(documents[0] if documents else None).get("charts")
    found = [mapping(each) for each in sequence(listed)]
    if not is_list(listed) or any(
        not isinstance(each.get(field), str) for each in found for field in _FIELDS
    ):
        why = f"each entry of charts has {', '.join(_FIELDS)}"
        raise ImportSourceError(LOCK_FILE, "is not a lock", why, _FIX)
    return [LockedChart(*(str(each[field]) for field in _FIELDS)) for each in found]


def write_lock(folder: Path, charts: Iterable[LockedChart]) -> bool:
    """Write the lock; return False if it is as it was."""
    path, text = folder / LOCK_FILE, lock_text(charts)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    write_atomically(path, text.encode())
    path.chmod(0o644)
    return True
