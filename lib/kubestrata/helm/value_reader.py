"""The values that a template reads for a field, found in the text of the chart.

A template is a program, so this is a search and no proof: it finds what is written beside the field
(`replicas: {{ .Values.replicas }}`) or around it (`{{- with .Values.resources }}`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence

from kubestrata.core.errors import ImportSourceError
from kubestrata.helm.chart_file import read_chart_file
from kubestrata.helm.store import files_in
from kubestrata.helm.stored_chart import StoredChart

_VALUE = re.compile(r"\.Values((?:\.[A-Za-z_][\w-]*)+)")
_STEP = re.compile(r"[A-Za-z_][\w-]*")
_KEY = re.compile(r"^(?P<indent>\s*)(?:- )?(?P<key>[A-Za-z_][\w.-]*):(?P<rest>.*)$")
_NEAR = 3
"""The number of lines below a field in which its value is written."""
_MOST = 3


class ValueReader:
    """The templates of one chart, with those of its sub-charts."""

    def __init__(self, chart: StoredChart) -> None:
        self._name = chart.name
        self._files: Mapping[str, bytes] = {}
        with contextlib.suppress(ImportSourceError):
            self._files = files_in(chart)

    def values_of(self, template: str, path: str) -> Sequence[str]:
        """Return the values that a template reads for a field, none if that is not clear.

        `template` begins with the chart's name (`web/templates/service.yaml`); `path` is one of a
        message (`spec.ports[0].port`). Values of a sub-chart begin with its name or its alias.
        """
        file, prefix = self._located(template)
        lines = self._files.get(file, b"").decode(errors="replace").splitlines()
        steps = _STEP.findall(re.sub(r"\[[^]]*\]", "", path))
        for number, key in enumerate(reversed(steps)):
            fields = list(_fields(lines, key))
            found = list(dict.fromkeys(_beside(lines, fields, is_whole=number == 0)))
            if found:
                # Which of several entries of a list a line is for is not known.
                is_clear = len(found) == 1 if "[" in path and len(fields) > 1 else True
                is_clear = is_clear and len(found) <= _MOST
                return [prefix + each for each in found] if is_clear else ()
        return ()

    def _located(self, template: str) -> tuple[str, str]:
        """Return the file of a template, and `db.` for one of the sub-chart that is called db.

        Helm gives a sub-chart with an alias a path of that name.
        """
        prefix, below, rest = "", "", template.partition("/")[2]
        while rest.startswith("charts/"):
            called, _, rest = rest.removeprefix("charts/").partition("/")
            prefix += f"{called}."
            below += f"charts/{self._folder(below, called)}/"
        return below + rest, prefix

    def _folder(self, below: str, called: str) -> str:
        try:
            parent = read_chart_file(self._name, self._files, below)
        except ImportSourceError:
            return called
        names = (each.name for each in parent.dependencies if each.alias == called)
        return next(names, called)


def _fields(lines: Sequence[str], key: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the lines of a field, by their numbers."""
    for number, line in enumerate(lines):
        field = _KEY.match(line)
        if field is not None and field["key"] == key:
            yield number, field


def _beside(
    lines: Sequence[str], fields: Sequence[tuple[int, re.Match[str]]], *, is_whole: bool
) -> Iterator[str]:
    """Yield the values on the lines of a field, below it, and in the block right above it.

    Of a field that only contains the wanted one, other fields below it are not its value, unless
    it `is_whole`.
    """
    for number, field in fields:
        near = [lines[number]]
        for below in lines[number + 1 : number + 1 + _NEAR]:
            indent = len(below) - len(below.lstrip())
            if field["rest"].strip() or indent <= len(field["indent"]):
                break
            if not is_whole and _KEY.match(below):
                break
            near.append(below)
        found = [each[1][1:] for text in near for each in _VALUE.finditer(text)]
        if not found and number and lines[number - 1].lstrip().startswith("{{"):
            found = [each[1][1:] for each in _VALUE.finditer(lines[number - 1])]
        yield from found
