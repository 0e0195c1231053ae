"""Generate bindings from the sources that cdk8s.yaml names, and check those on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kubestrata.bindings.address import Entry
from kubestrata.bindings.custom_kind import MAX_VERSIONS, CustomKind
from kubestrata.bindings.custom_source import UNUSABLE, read_custom_kinds
from kubestrata.bindings.definition import Definitions
from kubestrata.bindings.disk import differences, exchange
from kubestrata.bindings.document import Fault, read_documents
from kubestrata.bindings.import_list import added, entries_of, read_config, write_config
from kubestrata.bindings.lock import LOCK_FILE, digest, lock_text, read_lock
from kubestrata.bindings.mirror import Mirror, open_mirror
from kubestrata.bindings.name import group_package
from kubestrata.bindings.retrieve import Retrieved, retrieve
from kubestrata.bindings.tree import (
    ChartValues,
    Options,
    Progress,
    Tree,
    build_tree,
    ignore,
)
from kubestrata.bindings.values_shape import PACKAGE as HELM
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.json_value import is_mapping


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import made: kinds (`gateway.v1.HTTPRoute`), files, and what was wrong.

    A problem is one line, `source:line: reason`; everything else has arrived.
    """

    kinds: tuple[str, ...]
    files: tuple[str, ...]
    problems: tuple[str, ...]


class _NothingError(ImportSourceError):
    """A file without a CustomResourceDefinition."""


class _UnreadableError(ImportSourceError):
    """A file that is no YAML."""


@dataclass(slots=True)
class _Collection:
    """What all sources together define, by package name."""

    builtin: dict[str, Definitions] = field(default_factory=dict[str, Definitions])
    custom: dict[str, dict[tuple[str, str], CustomKind]] = field(
        default_factory=dict[str, dict[tuple[str, str], CustomKind]]
    )
    charts: dict[str, ChartValues] = field(default_factory=dict[str, ChartValues])
    sources: list[Retrieved] = field(default_factory=list[Retrieved])
    problems: list[str] = field(default_factory=list[str])

    def add_all(self, sources: Sequence[Retrieved]) -> None:
        """Take in what one entry names.

        A file that stands alone must hold CRDs. Of several, those that hold none are passed
        over, and those that cannot be read are problems, as long as one can be used.
        """
        if len(sources) == 1:
            self.add(sources[0])
            return
        unusable: list[ImportSourceError] = []
        empty: list[ImportSourceError] = []
        for source in sources:
            try:
                self.add(source)
            except _NothingError as error:
                empty.append(error)
            except _UnreadableError as error:
                unusable.append(error)
        if len(unusable) + len(empty) == len(sources):
            raise (unusable or empty)[0]
        self.problems += [f"{error.where}: {error.why}" for error in unusable]

    def add(self, source: Retrieved) -> None:
        """Take in one file; raises ImportSourceError if nothing in it can be used."""
        entry = source.entry
        if entry.is_values:
            self._add_values(source)
            self.sources.append(source)
            return
        if entry.is_kubernetes:
            if entry.name in self.builtin or entry.name in self.custom:
                what = f"package {entry.name}"
                raise ImportSourceError(
                    entry.address, what, "is taken", "give it a name with name:="
                )
            self.sources.append(source)
            definitions = self.builtin[entry.name] = Definitions(entry.address, source.texts[0])
            self.problems += [
                f"{entry.address}: scope of {kind} is unknown, taken to be namespaced"
                for kind in definitions.unknown
            ]
            return
        found = list(read_custom_kinds(source.texts, entry.address))
        faults = [each for each in found if isinstance(each, Fault)]
        if len(faults) == len(found):
            self._refuse(entry, faults)
        self.sources.append(source)
        self.problems += [f"{entry.address}:{fault.line}: {fault.reason}" for fault in faults]
        for each in found:
            if isinstance(each, CustomKind):
                self._add_kind(entry, each)

    def _add_values(self, source: Retrieved) -> None:
        name, address = source.entry.name, source.entry.address
        if not name or name in self.charts:
            why = f"{name!r} is taken" if name else "has no name"
            fix = f"write name:=address, which becomes kubeapis.{HELM}.name"
            raise ImportSourceError(address, "values of a chart", why, fix)
        for found in read_documents(source.texts[0]):
            if isinstance(found, Fault):
                raise ImportSourceError(f"{address}:{found.line}", "cannot be read", found.reason)
            if is_mapping(found.content):
                self.charts[name] = ChartValues(address, found.content)
                return
        raise ImportSourceError(address, "nothing to import", "it holds no JSON schema")

    def _refuse(self, entry: Entry, faults: Sequence[Fault]) -> None:
        """Raise for a source that is no YAML or holds no CRD; a bad CRD is only a problem."""
        if not faults:
            why = "it holds no CustomResourceDefinition"
            raise _NothingError(entry.address, "nothing to import", why)
        for fault in faults:
            if not fault.reason.startswith(UNUSABLE):
                where = f"{entry.address}:{fault.line}"
                raise _UnreadableError(where, "cannot be read", fault.reason)

    def _add_kind(self, entry: Entry, kind: CustomKind) -> None:
        package = entry.name or group_package(kind.group)
        if package in self.builtin:
            what = f"package {package}"
            raise ImportSourceError(entry.address, what, "is taken", "give it a name with name:=")
        kinds = self.custom.setdefault(package, {})
        known = kinds.get((kind.group, kind.kind))
        if known is None:
            kinds[kind.group, kind.kind] = kind
            return
        have = {version.name: version.source for version in known.versions}
        twice = [version.name for version in kind.versions if version.name in have]
        if twice:
            what = f"{kind.kind}.{kind.group} {', '.join(twice)} is also in {have[twice[0]]}"
            self.problems.append(f"{entry.address}:{kind.line}: {what}, which is used")
        joined = known.joined(kind)
        if len(joined.versions) > MAX_VERSIONS:
            what = f"{kind.kind}.{kind.group} has more than {MAX_VERSIONS} versions"
            self.problems.append(f"{entry.address}:{kind.line}: {what}, this one is left out")
            return
        kinds[kind.group, kind.kind] = joined


def _collect(
    entries: Sequence[Entry], folder: Path, mirror: Mirror | None, progress: Progress
) -> _Collection:
    found = _Collection()
    for number, entry in enumerate(entries):
        progress("reading", number, len(entries))
        found.add_all(list(retrieve(entry, folder, mirror)))
    progress("reading", len(entries), len(entries))
    if found.charts and (HELM in found.builtin or HELM in found.custom):
        fix = "give the kinds another name with name:="
        raise ImportSourceError(f"package {HELM}", "is taken", "it is for charts' values", fix)
    return found


def _generated(
    entries: Sequence[Entry], folder: Path, mirror: Path | None, options: Options
) -> tuple[Tree, _Collection]:
    opened = open_mirror(mirror) if mirror else None
    found = _collect(entries, folder, opened, options.progress)
    custom = {package: kinds.values() for package, kinds in found.custom.items()}
    return build_tree(found.builtin, custom, found.charts, options), found


def generate(
    config_path: Path,
    *,
    imports_dir: Path,
    mirror: Path | None,
    add: Sequence[str] = (),
    descriptions: bool = False,
    progress: Progress = ignore,
) -> ImportReport:
    """Write `imports_dir`/kubeapis and its lock from all sources of cdk8s.yaml.

    `mirror` is a folder that answers in place of the network, `add` what cdk8s.yaml is to
    name from now on; `descriptions` keeps upstream's sentences in docstrings. Raises
    ImportSourceError for a source that cannot be used; then nothing is written.
    """
    name = config_path.name
    text = read_config(config_path)
    wanted = added(text, name, add) if add else text
    options = Options(descriptions=descriptions, progress=progress)
    tree, found = _generated(entries_of(wanted, name), config_path.parent, mirror, options)
    _refuse_moved(found.sources, imports_dir)
    if _differences(tree, found, imports_dir):
        lock = lock_text(found.sources, tree.files, descriptions=descriptions)
        exchange(imports_dir, tree.files, lock)
    if wanted != text:
        write_config(config_path, wanted)
    kinds = sorted(f"{kind.module.rpartition('.')[0]}.{kind.kind}" for kind in tree.kinds)
    return ImportReport(tuple(kinds), tuple(sorted(tree.files)), (*found.problems, *tree.problems))


def _refuse_moved(sources: Iterable[Retrieved], imports_dir: Path) -> None:
    """Raise ImportSourceError if a pinned address no longer gives the bytes that the lock knows."""
    lock = read_lock(imports_dir)
    for source in sources:
        address = source.entry.address
        known = lock.sources.get(address) if lock and source.entry.version else None
        if known is not None and known != source.sha256:
            why = f"sha256 is {source.sha256}, {LOCK_FILE} says {known}"
            fix = f"if the change is right, delete its entry in {LOCK_FILE}"
            raise ImportSourceError(address, "is pinned but has changed", why, fix)


def check_untouched(imports_dir: Path) -> list[str]:
    """What was edited, added or removed since the import; needs no source."""
    lock = read_lock(imports_dir)
    if lock is None:
        return [f"{LOCK_FILE}: missing"]
    return differences(lock.files, imports_dir)


def check(
    config_path: Path, imports_dir: Path, mirror: Path | None, progress: Progress = ignore
) -> list[str]:
    """How the tree on disk differs from what the sources give now; empty when equal."""
    lock = read_lock(imports_dir)
    options = Options(descriptions=lock is not None and lock.descriptions, progress=progress)
    entries = entries_of(read_config(config_path), config_path.name)
    tree, found = _generated(entries, config_path.parent, mirror, options)
    return _differences(tree, found, imports_dir)


def _differences(tree: Tree, found: _Collection, imports_dir: Path) -> list[str]:
    lines = differences({path: digest(data) for path, data in tree.files.items()}, imports_dir)
    try:
        locked = (imports_dir / LOCK_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return [*lines, f"{LOCK_FILE}: missing"]
    descriptions = tree.options.descriptions
    if locked != lock_text(found.sources, tree.files, descriptions=descriptions):
        lines.append(f"{LOCK_FILE}: does not match the sources")
    return lines
