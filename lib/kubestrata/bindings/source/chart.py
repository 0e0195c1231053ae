"""A Helm chart in a folder or an archive: its CRDs and the schema of its values.

CRDs of sub-charts belong to it; the values of sub-charts are in its own. Nothing is rendered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import field
from msgspec.structs import replace

from kubestrata.bindings.source.address import ARCHIVES
from kubestrata.bindings.source.archive import MAX_MEMBERS, Allowance, read_archive
from kubestrata.bindings.source.document import MAX_BYTES, SourceDocument, decoded, read_documents
from kubestrata.bindings.source.known_keys import foreign_keys
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping
from kubestrata.core.regular_file import walk

CHART_FILE = "Chart.yaml"
VALUES_FILE = "values.schema.json"
DEFAULTS_FILE = "values.yaml"
_MANIFESTS = (".yaml", ".yml", ".json")
_DEEPEST = 5
_LONGEST_VERSION = 100


class SourceChart(Frozen):
    """The parts of a chart that bindings use: the texts of `crds/` by path, and the values' schema.

    `name` is the one that releases use; `defaults` is its values.yaml, `foreign` are the keys
    in it that belong to sub-charts. `unreadable` are files that cannot be read, each with the
    reason.
    """

    name: str
    version: str
    crds: Mapping[str, str]
    values: str | None
    defaults: str | None = None
    foreign: frozenset[str] = frozenset()
    unreadable: Mapping[str, str] = field(default_factory=dict[str, str])


def is_chart_folder(path: Path) -> bool:
    """Return True if a folder is a chart, False if it is a folder of CRDs."""
    return (path / CHART_FILE).is_file()


def chart_in_archive(address: str, data: bytes) -> SourceChart:
    """Read an archive; raise ImportSourceError if it is damaged, too large or dangerous."""
    files = _archived(address, data, Allowance(), 0)
    below = {name.split("/")[1] for name in files if name.startswith("charts/")}
    return _chart(address, files, below)


def _archived(where: str, data: bytes, allowance: Allowance, depth: int) -> dict[str, bytes]:
    """Return the files of a chart and of the archives in its charts/, without its own folder."""
    if depth > _DEEPEST:
        why = f"has archives within archives, more than {_DEEPEST} levels deep"
        raise ImportSourceError(where, "cannot be unpacked", why)
    found: dict[str, bytes] = {}
    for path, content in read_archive(where, data, allowance).items():
        _, _, name = path.partition("/")
        if _is_packed(name):
            inner = _archived(f"{where}/{name}", content, allowance, depth + 1)
            found |= {f"{name}/{below}": each for below, each in inner.items()}
        elif name:
            found[name] = content
    return found


def _is_packed(name: str) -> bool:
    return name.endswith(ARCHIVES) and name.split("/")[-2:-1] == ["charts"]


def chart_in_folder(address: str, folder: Path) -> tuple[SourceChart, str]:
    """Read a folder without following links; return the chart and a sha256 of the files used."""
    allowance = Allowance()
    files: dict[str, bytes] = {}
    skipped: dict[str, str] = {}
    subfolders: set[str] = set()
    for name, path in _listed(address, folder):
        if path.is_symlink() or not path.is_file():
            if _is_used(name) or (not path.is_file() and _holds_crds(name)):
                link = "is a link, which is not followed; replace it by the file"
                skipped[name] = link if path.is_symlink() else "is not a regular file"
            continue
        if name.startswith("charts/"):
            subfolders.add(name.split("/")[1])
        if not _is_used(name):
            continue
        allowance.bytes -= path.stat().st_size
        if allowance.bytes < 0:
            raise ImportSourceError(address, "cannot be read", f"is larger than {MAX_BYTES} bytes")
        content = path.read_bytes()
        if _is_packed(name):
            inner = _archived(f"{address}/{name}", content, allowance, 1)
            files |= {f"{name}/{below}": each for below, each in inner.items()}
        else:
            files[name] = content
    # If the chart has a schema, its values.yaml is not used, so the lock does not pin it.
    pinned = sorted({*files} - ({DEFAULTS_FILE} if VALUES_FILE in files else set()))
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in pinned)
    chart = _chart(address, files, subfolders)
    found = replace(chart, unreadable={**skipped, **chart.unreadable})
    return found, hashlib.sha256("".join(lines).encode()).hexdigest()


def _listed(address: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder, and links to folders."""
    count = 0
    for base, folders, names in walk(folder):
        folders.sort()
        links = [each for each in folders if Path(base, each).is_symlink()]
        for name in sorted((*names, *links)):
            count += 1
            if count > MAX_MEMBERS:
                why = f"has more than {MAX_MEMBERS} files"
                raise ImportSourceError(address, "cannot be read", why)
            path = Path(base, name)
            yield path.relative_to(folder).as_posix(), path


def _holds_crds(folder: str) -> bool:
    """Return True for a folder whose files may be CRDs of the chart or of a sub-chart."""
    return folder == "charts" or folder.startswith("charts/") or _is_crd(f"{folder}/crd.yaml")


def _is_used(name: str) -> bool:
    own = name in (CHART_FILE, VALUES_FILE, DEFAULTS_FILE)
    return own or _is_crd(name) or _is_packed(name)


def _is_crd(name: str) -> bool:
    """Return True for a file below `crds/` of the chart or of one of its sub-charts."""
    parts = name.split("/")
    while len(parts) > 2 and parts[0] == "charts":
        parts = parts[2:]
    return len(parts) > 1 and parts[0] == "crds" and name.endswith(_MANIFESTS)


def _text(where: str, data: bytes) -> str:
    try:
        return decoded(data)
    except ValueError as error:
        raise ImportSourceError(where, "cannot be read", str(error)) from None


def _defaults(address: str, data: bytes, *, needed: bool) -> str | None:
    """Return the text of a values.yaml; None if it cannot be read and is not needed."""
    try:
        return _text(f"{address}/{DEFAULTS_FILE}", data)
    except ImportSourceError:
        if needed:
            raise
        return None


def _chart(address: str, files: Mapping[str, bytes], below: Iterable[str]) -> SourceChart:
    where = f"{address}/{CHART_FILE}"
    if CHART_FILE not in files:
        fix = "use a chart that `helm package` has packed"
        raise ImportSourceError(address, "is not a valid chart", f"has no {CHART_FILE}", fix)
    found = next(iter(read_documents(_text(where, files[CHART_FILE]))), None)
    facts = mapping(found.content) if isinstance(found, SourceDocument) else {}
    name, version = facts.get("name"), facts.get("version")
    if not isinstance(name, str) or not name.strip():
        raise ImportSourceError(where, "is not a valid chart", "has no name")
    if not isinstance(version, str) or len(version) > _LONGEST_VERSION:
        raise ImportSourceError(where, "is not a valid chart", "has no version")
    crds, unreadable = _crds(files)
    values = files.get(VALUES_FILE)
    schema = None if values is None else _text(f"{address}/{VALUES_FILE}", values)
    defaults = files.get(DEFAULTS_FILE)
    return SourceChart(
        name,
        version,
        crds,
        schema,
        None if defaults is None else _defaults(address, defaults, needed=schema is None),
        foreign_keys(facts, below),
        unreadable,
    )


def _crds(files: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts below `crds/` by path, and the reasons why the others cannot be read."""
    texts: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    for path in sorted(filter(_is_crd, files)):
        try:
            texts[path] = decoded(files[path])
        except ValueError as error:
            unreadable[path] = str(error)
    return texts, unreadable
