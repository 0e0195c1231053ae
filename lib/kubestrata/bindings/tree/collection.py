"""Everything that the sources define, by package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from kubestrata.bindings.kind.custom_kind import MAX_VERSIONS, CustomKind
from kubestrata.bindings.kind.custom_source import UNUSABLE, read_custom_kinds
from kubestrata.bindings.kind.definition import Definitions
from kubestrata.bindings.module.config_shape import describes_documents
from kubestrata.bindings.module.values_shape import PACKAGE as HELM
from kubestrata.bindings.module.values_shape import values_module
from kubestrata.bindings.shape.name import group_package, module_name
from kubestrata.bindings.source.address import Entry
from kubestrata.bindings.source.chart import DEFAULTS_FILE, VALUES_FILE, SourceChart
from kubestrata.bindings.source.document import ReadingBudget, SourceProblem
from kubestrata.bindings.source.json_schema import JsonSchema, read_schema, values_schema
from kubestrata.bindings.source.retrieve import Retrieved, Unreadable
from kubestrata.core.errors import ImportSourceError

_SHOWN = 50
"""Problems that one error lists."""


class _NothingError(ImportSourceError):
    """A file without a CustomResourceDefinition."""


class _UnreadableError(ImportSourceError):
    """A file without a readable document; `lines` has a line for each problem."""

    def __init__(self, address: str, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        if len(lines) == 1:
            where, _, why = lines[0].partition(": ")
        else:
            more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
            where = address
            why = "\n  ".join([f"{len(lines)} problems", *lines[:_SHOWN], *more])
        super().__init__(where, "cannot be read", why)


def read_kinds(source: Retrieved) -> list[CustomKind | SourceProblem]:
    """Read the kinds and the faults of a source."""
    return list(read_custom_kinds(source.texts, source.entry.address))


def _lines(where: str, found: Iterable[CustomKind | SourceProblem]) -> list[str]:
    """Return a line for each fault of a file."""
    return [
        f"{where}:{each.line}: {each.reason}" for each in found if isinstance(each, SourceProblem)
    ]


@dataclass(slots=True)
class Collection:
    """Everything that all sources define, by package name.

    `kinds` has the kinds and the faults of each source of CRDs, by its address.
    """

    kinds: Mapping[str, Sequence[CustomKind | SourceProblem]]
    builtin: dict[str, Definitions] = field(default_factory=dict[str, Definitions])
    custom: dict[str, dict[tuple[str, str], CustomKind]] = field(
        default_factory=dict[str, dict[tuple[str, str], CustomKind]]
    )
    charts: dict[str, JsonSchema] = field(default_factory=dict[str, JsonSchema])
    configs: dict[str, JsonSchema] = field(default_factory=dict[str, JsonSchema])
    sources: list[Retrieved] = field(default_factory=list[Retrieved])
    problems: list[str] = field(default_factory=list[str])

    def add_all(self, address: str, sources: Sequence[Retrieved | Unreadable]) -> None:
        """Add the sources of one entry.

        A single file must define CRDs. Of several, those without one are skipped, and those that
        cannot be read are problems, as long as one can be used.
        """
        lines: list[str] = []
        empty: list[_NothingError] = []
        used = False
        for source in sources:
            try:
                if isinstance(source, Unreadable):
                    lines.append(f"{source.address}: {source.why}")
                else:
                    self.add(source)
                    used = True
            except _NothingError as error:
                empty.append(error)
            except _UnreadableError as error:
                lines += error.lines
        if not used and lines:
            raise _UnreadableError(address, lines)
        if not used:
            raise empty[0]
        self.problems += lines

    def add(self, source: Retrieved) -> None:
        """Add one file; raise ImportSourceError if nothing in it can be used."""
        entry = source.entry
        if source.chart is not None:
            self._add_chart(entry, source.chart)
        elif entry.is_schema:
            self._add_schema(entry, source.texts[0])
        elif entry.is_kubernetes:
            self._add_kubernetes(entry, source.texts[0])
        else:
            found = self.kinds[entry.address]
            faults = [each for each in found if isinstance(each, SourceProblem)]
            if len(faults) == len(found):
                self._refuse(entry.address, faults)
            self._take(entry, entry.address, found)
        self.sources.append(source)

    @property
    def packages(self) -> set[str]:
        """The names that are taken below `kubeapis`."""
        return {*self.builtin, *self.custom, *self.configs}

    def _claim(self, entry: Entry, package: str, taken: Iterable[str]) -> None:
        if package in taken:
            fix = "give it a name with name:="
            raise ImportSourceError(entry.address, f"package {package}", "is taken", fix)

    def _add_kubernetes(self, entry: Entry, text: str) -> None:
        self._claim(entry, entry.name, self.packages)
        definitions = self.builtin[entry.name] = Definitions(entry.address, text)
        self.problems += [
            f"{entry.address}: scope of {kind} is unknown, taken to be namespaced"
            for kind in definitions.unknown
        ]

    def _add_chart(self, entry: Entry, chart: SourceChart) -> None:
        """Add the kinds and the values of a chart, which must have one of them."""
        address, budget = entry.address.rstrip("/"), ReadingBudget()
        found = {
            f"{address}/{path}": list(read_custom_kinds([text], f"{address}/{path}", budget))
            for path, text in chart.crds.items()
        }
        unreadable = [f"{address}/{path}: {why}" for path, why in chart.unreadable.items()]
        has_kinds = any(isinstance(each, CustomKind) for some in found.values() for each in some)
        has_values = chart.values is not None or chart.defaults is not None
        if not has_values and not has_kinds:
            lines = [line for where, some in found.items() for line in _lines(where, some)]
            if unreadable or lines:
                raise _UnreadableError(address, [*unreadable, *lines])
            why = f"it has neither CRDs in crds/ nor {VALUES_FILE} nor {DEFAULTS_FILE}"
            raise ImportSourceError(address, "nothing to import", why)
        self.problems += unreadable
        self._add_chart_values(
            entry.name or module_name(chart.name), address, chart, needed=not has_kinds
        )
        for where, some in found.items():
            self._take(entry, where, some)

    def _add_chart_values(
        self, name: str, address: str, chart: SourceChart, *, needed: bool
    ) -> None:
        """Add the values of a chart; unusable ones are a problem beside kinds, else an error."""
        where = f"{address}/{DEFAULTS_FILE if chart.values is None else VALUES_FILE}"
        try:
            schema = values_schema(address, chart)
            if schema is None and not needed:
                return
            # A values.yaml without keys is refused like a schema that describes no values.
            schema = {} if schema is None else schema
            values_module(name, where, schema)
        except ImportSourceError as error:
            without = replace(chart, values=None)
            usable = chart.values is not None and values_schema(address, without) is not None
            if needed and not usable:
                raise
            note = f"; the keys of {DEFAULTS_FILE} are used" if usable else ""
            self.problems.append(f"{error.where}: {error.what}: {error.why}{note}")
            if usable:
                self._add_chart_values(name, address, without, needed=needed)
        else:
            self._add_values(name, where, schema)

    def _take(self, entry: Entry, where: str, found: Sequence[CustomKind | SourceProblem]) -> None:
        """Add the kinds of one file and report its problems."""
        self.problems += _lines(where, found)
        for each in found:
            if isinstance(each, CustomKind):
                self._add_kind(entry, where, each)

    def _add_schema(self, entry: Entry, text: str) -> None:
        schema = read_schema(entry.address, text)
        if not describes_documents(schema):
            self._add_values(entry.name, entry.address, schema)
            return
        if not entry.name:
            fix = "write name:=address, which becomes kubeapis.name"
            raise ImportSourceError(entry.address, "configuration documents", "has no name", fix)
        self._claim(entry, entry.name, self.packages)
        self.configs[entry.name] = JsonSchema(entry.address, schema)

    def _add_values(self, name: str, address: str, schema: dict[str, Any]) -> None:
        if not name or name in self.charts:
            why = f"{name!r} is taken" if name else "has no name"
            fix = f"write name:=address, which becomes kubeapis.{HELM}.name"
            raise ImportSourceError(address, "values of a chart", why, fix)
        self.charts[name] = JsonSchema(address, schema)

    def _refuse(self, address: str, faults: Sequence[SourceProblem]) -> None:
        """Raise if a source is unreadable or has no CRD; an unusable CRD is only a problem."""
        if not faults:
            why = "it holds no CustomResourceDefinition"
            raise _NothingError(address, "nothing to import", why)
        if not all(fault.reason.startswith(UNUSABLE) for fault in faults):
            raise _UnreadableError(address, _lines(address, faults))

    def _add_kind(self, entry: Entry, where: str, kind: CustomKind) -> None:
        package = entry.name or group_package(kind.group)
        self._claim(entry, package, {*self.builtin, *self.configs})
        kinds = self.custom.setdefault(package, {})
        known = kinds.get((kind.group, kind.kind))
        if known is None:
            kinds[kind.group, kind.kind] = kind
            return
        have = {version.name: version.source for version in known.versions}
        twice = [version.name for version in kind.versions if version.name in have]
        if twice:
            what = f"{kind.kind}.{kind.group} {', '.join(twice)} is also in {have[twice[0]]}"
            self.problems.append(f"{where}:{kind.line}: {what}, which is used")
        joined = known.joined(kind)
        if len(joined.versions) > MAX_VERSIONS:
            what = f"{kind.kind}.{kind.group} has more than {MAX_VERSIONS} versions"
            self.problems.append(f"{where}:{kind.line}: {what}, this one is left out")
            return
        kinds[kind.group, kind.kind] = joined
