"""Metadata and data sources of a dashboard's JSON; the JSON itself is never rewritten."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping, mapping, sequence
from kubestrata.core.origin import shown
from kubestrata.core.project_file import read_project_file

UID = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
# Data sources that are built into Grafana.
_BUILT_IN = frozenset(
    {"-- Dashboard --", "-- Grafana --", "-- Mixed --", "__expr__", "grafana", "default"}
)
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::\w+)?\}|(?P<bare>\w+))\Z")


class DashboardModel(Frozen):
    """A dashboard: its text as in the file, its title and its uid."""

    text: str
    title: str
    uid: str


def read_dashboard(source: Path | str, known: Collection[str]) -> DashboardModel:
    """Return the dashboard in a file or text; `known` are the uids of allowed data sources.

    Raises InvalidValue for JSON that is not an object, lacks a title or uid, or names a data source
    that is neither one of its variables nor known.
    """
    what = shown(str(source)) if isinstance(source, Path) else "dashboard"
    text = _text(source, what)
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        raise InvalidValue(what, f"is not JSON: {error}") from error
    if not is_mapping(found):
        raise InvalidValue(what, "is not a JSON object")
    title, uid = found.get("title"), found.get("uid")
    if not isinstance(title, str) or not title.strip():
        raise InvalidValue(what, "has no title", 'write a "title"')
    if not isinstance(uid, str) or not UID.match(uid):
        why = f"has the uid {uid!r}, which is not valid in Grafana"
        fix = "write a \"uid\" of at most 40 letters, digits, '-' and '_'"
        raise InvalidValue(what, why, fix)
    _check_data_sources(found, what, known)
    return DashboardModel(text, title, uid)


def _text(source: Path | str, what: str) -> str:
    if isinstance(source, str):
        return source
    try:
        return read_project_file(source).decode()
    except OSError as error:
        why = f"cannot be read: {error.strerror or type(error).__name__}"
        raise InvalidValue(what, why) from error
    except UnicodeDecodeError as error:
        raise InvalidValue(what, f"cannot be read: {error}") from error


def _check_data_sources(model: dict[str, Any], what: str, known: Collection[str]) -> None:
    variables = {
        str(variable.get("name"))
        for variable in map(mapping, sequence(mapping(model.get("templating")).get("list")))
        if variable.get("type") == "datasource"
    }
    for path, uid in _data_sources(model, "$"):
        match = _VARIABLE.match(uid)
        if match is not None:
            name = match["braced"] or match["bare"]
            if name not in variables:
                why = f"names the variable {name!r}, but has no datasource variable of that name"
                raise InvalidValue(f"{what} {path}", why)
        elif uid not in known and uid not in _BUILT_IN:
            why = f"names the data source {uid!r}, which is not one of {sorted(known)}"
            fix = "use a variable of type datasource, or pass data_sources="
            raise InvalidValue(f"{what} {path}", why, fix)


def _data_sources(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield the path of each data source, and its uid or name."""
    if is_mapping(value):
        for key, item in value.items():
            if key == "datasource":
                uid: object = item.get("uid") if is_mapping(item) else item
                if isinstance(uid, str):
                    yield f"{path}.{key}", uid
            elif is_mapping(item) or is_list(item):
                yield from _data_sources(item, f"{path}.{key}")
    elif is_list(value):
        for index, item in enumerate(value):
            yield from _data_sources(item, f"{path}[{index}]")
