"""The `imports:` of cdk8s.yaml: read, and added to without touching the rest of the file.

The text is edited, not written anew, so that comments and layout stay as people left them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from kubestrata.bindings.source.address import Entry, parse_entry
from kubestrata.bindings.source.chart_version import ChartVersions, names_chart, resolved
from kubestrata.bindings.source.document import (
    MAX_BYTES,
    SourceDocument,
    SourceProblem,
    read_documents,
)
from kubestrata.core.errors import ConfigError
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.core.regular_file import read_regular

_KEY = "imports"
_PLAIN = re.compile(r"[A-Za-z./][A-Za-z0-9./_:=@*?+~-]*[A-Za-z0-9/*]\Z")
_FIX = "write one address per line, each after '- '"


def read_config(path: Path) -> str:
    """Return the text of cdk8s.yaml with its own line ends; raise ConfigError."""
    try:
        return read_regular(path, MAX_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path.name, "cannot be read", str(error)) from None


def _addresses(text: str, name: str) -> list[str]:
    for document in read_documents(text):
        if isinstance(document, SourceProblem):
            raise ConfigError(f"{name}:{document.line}", "cannot be read", document.reason)
        content = document.content
        imports: object = content.get(_KEY) or [] if is_mapping(content) else None
        if not is_list(imports) or not all(isinstance(each, str) for each in imports):
            raise ConfigError(name, _KEY, "is not a list of addresses", _FIX)
        return [str(each) for each in imports]
    return []


def entries_of(text: str, name: str, charts: ChartVersions | None = None) -> list[Entry]:
    """Return the entries of `imports:`; raise ConfigError or ImportSourceError.

    `charts` has the versions of the charts that entries name in braces.
    """
    return [parse_entry(resolved(each, charts or {}, name)) for each in _addresses(text, name)]


def has_charts(text: str, name: str) -> bool:
    """Return True if an entry names a chart in braces; raises ConfigError."""
    return any(map(names_chart, _addresses(text, name)))


def entries_by_chart(text: str, name: str, charts: ChartVersions) -> list[Entry]:
    """Return the entries that name a chart in braces; raise as `entries_of` does."""
    named = filter(names_chart, _addresses(text, name))
    return [parse_entry(resolved(each, charts, name)) for each in named]


def _scalar(address: str) -> str:
    plain = _PLAIN.match(address) and yaml.safe_load(address) == address
    return address if plain else json.dumps(address, ensure_ascii=False)


def _offset(text: str, line: int, column: int) -> int:
    """Return the offset of a mark in the text; a mark behind the last line is its end."""
    start = 0
    for _ in range(line):
        start = text.find("\n", start) + 1
        if not start:
            return len(text)
    return start + column


def _insert_lines(text: str, after: int, lines: Iterable[str]) -> str:
    """Return the text with whole lines inserted after the line of `after`."""
    end = "\r\n" if "\r\n" in text else "\n"
    place = text.find("\n", after) + 1
    if not place:
        text += end if text and not text.endswith("\n") else ""
        place = len(text)
    return text[:place] + "".join(f"{line}{end}" for line in lines) + text[place:]


def _insert_items(text: str, bracket: int, items: str) -> str:
    """Return the text with items inserted before the bracket that closes a flow collection."""
    before = text[:bracket].rstrip()
    comma = "" if before.endswith(("[", "{", ",")) else ","
    space = "" if before.endswith(("[", "{")) else " "
    return f"{before}{comma}{space}{items}{text[len(before) :]}"


def _edited(text: str, addresses: Sequence[str]) -> str:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    flow = ", ".join(json.dumps(each, ensure_ascii=False) for each in addresses)
    lines = [f"- {_scalar(each)}" for each in addresses]
    indented = [f"  {line}" for line in lines]
    if not isinstance(root, yaml.MappingNode):
        return _insert_lines(text, len(text), [f"{_KEY}:", *indented])
    found = [(key, value) for key, value in root.value if key.value == _KEY]
    if not found and root.flow_style:
        end = _offset(text, root.end_mark.line, root.end_mark.column)
        return _insert_items(text, end - 1, f'"{_KEY}": [{flow}]')
    if not found:
        return _insert_lines(text, len(text), [f"{_KEY}:", *indented])
    key, value = found[-1]
    start = _offset(text, value.start_mark.line, value.start_mark.column)
    end = _offset(text, value.end_mark.line, value.end_mark.column)
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        last = value.value[-1].end_mark
        margin = " " * value.start_mark.column
        after = _offset(text, last.line, last.column)
        return _insert_lines(text, after, [margin + line for line in lines])
    if isinstance(value, yaml.SequenceNode):
        return _insert_items(text, end - 1, flow)
    if start == end and not root.flow_style:
        key_end = _offset(text, key.end_mark.line, key.end_mark.column)
        return _insert_lines(text, key_end, indented)
    return f"{text[:start]}{' ' if start == end else ''}[{flow}]{text[end:]}"


def added(text: str, name: str, addresses: Iterable[str]) -> str:
    """Return the text of cdk8s.yaml with the addresses added that `imports:` does not have.

    Raises ConfigError if the layout of the file does not allow a safe edit.
    """
    present = _addresses(text, name)
    have = {parse_entry(each) for each in present}
    new: list[str] = []
    for address in (each.strip() for each in addresses):
        entry = parse_entry(address)
        if entry not in have:
            have.add(entry)
            new.append(address)
    if not new:
        return text
    before = [each.content for each in read_documents(text) if isinstance(each, SourceDocument)]
    settings: object = before[0] if before else {}
    expected = {**(settings if is_mapping(settings) else {}), _KEY: [*present, *new]}
    try:
        edited = _edited(text, new)
    except (yaml.YAMLError, ValueError):
        edited = ""
    if list(read_documents(edited)) != [SourceDocument(_line(edited), expected)]:
        why = "the file is laid out in a way that is not edited automatically"
        fix = f"add {', '.join(new)} to imports: yourself"
        raise ConfigError(name, "cannot be added to", why, fix)
    return edited


def _line(text: str) -> int:
    found = next(iter(read_documents(text)), None)
    return found.line if found else 0


def write_config(path: Path, text: str) -> None:
    """Replace cdk8s.yaml in one step, keeping its mode and a link that leads to it."""
    target = path.resolve()
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fresh.write_bytes(text.encode("utf-8"))
        shutil.copymode(target, fresh)
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ConfigError(path.name, "cannot be written", str(error)) from None
