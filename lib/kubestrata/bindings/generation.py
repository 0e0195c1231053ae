"""Generate bindings from the sources that cdk8s.yaml names, and check those on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from kubestrata.bindings.kind.custom_kind import CustomKind
from kubestrata.bindings.module.values_shape import PACKAGE as HELM
from kubestrata.bindings.source.address import Entry
from kubestrata.bindings.source.chart_version import ChartVersions
from kubestrata.bindings.source.document import SourceProblem
from kubestrata.bindings.source.import_list import (
    added,
    entries_by_chart,
    entries_of,
    has_charts,
    read_config,
    write_config,
)
from kubestrata.bindings.source.mirror import Mirror, open_mirror
from kubestrata.bindings.source.retrieve import Retrieved, Unreadable, retrieve
from kubestrata.bindings.tree.build import build_tree
from kubestrata.bindings.tree.collection import Collection, read_kinds
from kubestrata.bindings.tree.disk import differences, exchange, exclusive_tree
from kubestrata.bindings.tree.kind_index import IndexedKind
from kubestrata.bindings.tree.lock import LOCK_FILE, digest, lock_text, read_lock
from kubestrata.bindings.tree.parallel import in_order, processes_for
from kubestrata.bindings.tree.tree import Options, Progress, Tree, ignore
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen


class ImportReport(Frozen):
    """The result of an import: kinds (`gateway.v1.HTTPRoute`), files and problems.

    `values` are modules of charts (`helm.cert_manager`), `documents` are classes of
    configuration documents (`talos.v1alpha1.BondConfig`).

    A problem is one line, `source:line: reason`; everything else was imported.
    """

    kinds: tuple[str, ...]
    files: tuple[str, ...]
    problems: tuple[str, ...]
    values: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


def _collect(
    entries: Sequence[Entry], folder: Path, mirror: Mirror | None, options: Options
) -> tuple[Collection, int]:
    """Return everything that all entries define, and how many processes it is worth."""
    sources: list[list[Retrieved | Unreadable]] = []
    for number, entry in enumerate(entries):
        options.progress("fetching", number, len(entries))
        sources.append(list(retrieve(entry, folder, mirror)))
    # The kinds of a source depend on its address and texts, so one address is read once.
    plain = {
        source.entry.address: source
        for group in sources
        for source in group
        if isinstance(source, Retrieved) and source.has_kinds
    }
    size = sum(len(text) for each in plain.values() for text in each.texts)
    processes = processes_for(size, options.cores)
    found = Collection(_read(plain, processes, options.progress))
    for entry, group in zip(entries, sources, strict=True):
        found.add_all(entry.address, group)
    if found.charts and HELM in found.packages:
        fix = "give the kinds another name with name:="
        raise ImportSourceError(f"package {HELM}", "is taken", "it is for charts' values", fix)
    return found, processes


def _read(
    sources: Mapping[str, Retrieved], processes: int, progress: Progress
) -> dict[str, list[CustomKind | SourceProblem]]:
    """Return the kinds and the faults of each source."""
    kinds: dict[str, list[CustomKind | SourceProblem]] = {}
    work = in_order(read_kinds, [*sources.values()], processes, lambda each: each.entry.address)
    with closing(work) as results:
        for address, found in zip(sources, results, strict=True):
            progress("reading", len(kinds), len(sources))
            kinds[address] = found
    progress("reading", len(sources), len(sources))
    return kinds


def _generated(
    entries: Sequence[Entry], folder: Path, mirror: Path | None, options: Options
) -> tuple[Tree, Collection]:
    opened = open_mirror(mirror) if mirror else None
    found, processes = _collect(entries, folder, opened, options)
    return build_tree(found, options, processes), found


def generate(
    config_path: Path,
    *,
    imports_dir: Path,
    mirror: Path | None,
    add: Sequence[str] = (),
    descriptions: bool = False,
    progress: Progress = ignore,
    cores: int = 1,
    beside: Mapping[str, Sequence[str]] | None = None,
    charts: ChartVersions | None = None,
) -> ImportReport:
    """Write `imports_dir`/kubeapis and its lock from all sources of cdk8s.yaml.

    `mirror` is a folder that is read instead of the network, `add` has addresses to add to
    cdk8s.yaml; `descriptions` keeps upstream's sentences in docstrings. With several
    `cores` large sources are read by several processes, which import the main module again: it
    needs `if __name__ == "__main__"`. `beside` are the packages of `kubeapis` in other folders
    and their modules: `kubestrata.core.bindings_path.modules_beside(imports_dir)`. `charts` are the
    versions of charts, which entries name in braces. Raises ConfigError for another name there, and
    ImportSourceError for a source that cannot be used; then nothing is written.
    """
    name = config_path.name
    text = read_config(config_path)
    wanted = added(text, name, add) if add else text
    options = Options(descriptions, progress, cores, beside or {})
    tree, found = _generated(entries_of(wanted, name, charts), config_path.parent, mirror, options)
    _refuse_moved(found.sources, imports_dir)
    with exclusive_tree(imports_dir):
        if _differences(tree, found, imports_dir):
            lock = lock_text(found.sources, tree.files, descriptions=descriptions)
            exchange(imports_dir, tree.files, lock)
    if wanted != text:
        write_config(config_path, wanted)
    return ImportReport(
        _kind_names(tree.kinds),
        tuple(sorted(tree.files)),
        (*found.problems, *tree.problems),
        tuple(f"{HELM}.{name}" for name in sorted(found.charts)),
        tuple(sorted(tree.documents)),
    )


def _kind_names(kinds: Iterable[IndexedKind]) -> tuple[str, ...]:
    """Return each kind with the package of its version, or its module if two groups have it."""
    named = {kind: f"{kind.module.rpartition('.')[0]}.{kind.kind}" for kind in kinds}
    count = Counter(named.values())
    return tuple(
        sorted(
            name if count[name] == 1 else f"{kind.module}.{kind.kind}"
            for kind, name in named.items()
        )
    )


def _refuse_moved(sources: Iterable[Retrieved], imports_dir: Path) -> None:
    """Raise ImportSourceError if the content of a pinned address differs from the lock."""
    lock = read_lock(imports_dir)
    for source in sources:
        address = source.entry.address
        known = lock.sources.get(address) if lock and source.is_pinned else None
        if known is not None and known != source.sha256:
            why = f"sha256 is {source.sha256}, {LOCK_FILE} has {known}"
            fix = f"if the change is intended, delete its entry in {LOCK_FILE}"
            raise ImportSourceError(address, "is pinned but has changed", why, fix)


def follows_charts(config_path: Path) -> bool:
    """Return True if an entry of cdk8s.yaml names a chart of the platform for its version."""
    return has_charts(read_config(config_path), config_path.name)


def check_versions(config_path: Path, imports_dir: Path, charts: ChartVersions) -> list[str]:
    """Return the entries that name a chart whose version is not that of the lock."""
    lock = read_lock(imports_dir)
    name, text = config_path.name, read_config(config_path)
    return [
        f"{entry.address}: not in {LOCK_FILE}; the platform deploys another version of a chart"
        for entry in entries_by_chart(text, name, charts)
        if lock is not None and entry.address not in lock.sources
    ]


def check_untouched(imports_dir: Path) -> list[str]:
    """Return the files that were edited, added or removed since the import; needs no source."""
    lock = read_lock(imports_dir)
    if lock is None:
        return [f"{LOCK_FILE}: missing"]
    return differences(lock.files, imports_dir)


def check(
    config_path: Path,
    imports_dir: Path,
    mirror: Path | None,
    progress: Progress = ignore,
    cores: int = 1,
    beside: Mapping[str, Sequence[str]] | None = None,
    *,
    charts: ChartVersions | None = None,
) -> list[str]:
    """Return the differences between the tree on disk and one generated now; empty when equal."""
    lock = read_lock(imports_dir)
    options = Options(lock is not None and lock.descriptions, progress, cores, beside or {})
    entries = entries_of(read_config(config_path), config_path.name, charts)
    tree, found = _generated(entries, config_path.parent, mirror, options)
    return _differences(tree, found, imports_dir)


def _differences(tree: Tree, found: Collection, imports_dir: Path) -> list[str]:
    lines = differences({path: digest(data) for path, data in tree.files.items()}, imports_dir)
    try:
        locked = (imports_dir / LOCK_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return [*lines, f"{LOCK_FILE}: missing"]
    descriptions = tree.options.descriptions
    if locked != lock_text(found.sources, tree.files, descriptions=descriptions):
        lines.append(f"{LOCK_FILE}: does not match the sources")
    return lines
