"""The parts of Chart.yaml and Chart.lock that rendering and fetching need."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kubestrata.bindings.source.document import SourceDocument, decoded, read_documents
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.helm.packed import CHART_FILE

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]*\Z")
_LONGEST = 100
_LOCKS = ("Chart.lock", "requirements.lock")
_REQUIREMENTS = "requirements.yaml"


class Dependency(Frozen):
    """A sub-chart that a chart declares; `version` may be a range, `repository` is an address."""

    name: str
    version: str
    repository: str
    alias: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()


class ChartFile(Frozen):
    """The name, version and requirements of a chart."""

    name: str
    version: str
    kubernetes: str = ""
    is_library: bool = False
    dependencies: tuple[Dependency, ...] = ()


def read_chart_file(where: str, files: Mapping[str, bytes], below: str = "") -> ChartFile:
    """Return the facts of a chart among files, or of the sub-chart in the folder `below`.

    Dependencies have the versions of Chart.lock, if there is one. Raises ImportSourceError if
    there is no valid Chart.yaml.
    """
    place = f"{where}/{below}{CHART_FILE}"
    facts = _document(place, files.get(below + CHART_FILE))
    name, version = str(facts.get("name", "")), str(facts.get("version", ""))
    if not _NAME.match(name) or len(name) > _LONGEST:
        raise ImportSourceError(place, "is not a valid chart", "its name is not valid")
    if not _VERSION.match(version) or len(version) > _LONGEST:
        raise ImportSourceError(place, "is not a valid chart", "its version is not valid")
    listed = facts.get("dependencies")
    if listed is None:  # charts with apiVersion v1
        listed = _document(place, files.get(below + _REQUIREMENTS)).get("dependencies")
    locked = _locked(place, files, below)
    return ChartFile(
        name,
        version,
        str(facts.get("kubeVersion") or ""),
        facts.get("type") == "library",
        tuple(_dependency(mapping(each), locked) for each in sequence(listed)),
    )


def _locked(place: str, files: Mapping[str, bytes], below: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for name in _LOCKS:
        listed = _document(place, files.get(below + name)).get("dependencies")
        for each in map(mapping, sequence(listed)):
            key = (str(each.get("name", "")), str(each.get("repository", "")).rstrip("/"))
            found[key] = str(each.get("version", ""))
    return found


def _dependency(each: Mapping[str, object], locked: Mapping[tuple[str, str], str]) -> Dependency:
    name, repository = str(each.get("name") or ""), str(each.get("repository") or "")
    return Dependency(
        name,
        locked.get((name, repository.rstrip("/"))) or str(each.get("version") or ""),
        repository,
        str(each.get("alias") or ""),
        str(each.get("condition") or ""),
        tuple(map(str, sequence(each.get("tags")))),
    )


def _document(place: str, data: bytes | None) -> dict[str, object]:
    if data is None:
        return {}
    try:
        found = next(iter(read_documents(decoded(data))), None)
    except ValueError as error:
        raise ImportSourceError(place, "cannot be read", str(error)) from None
    if found is not None and not isinstance(found, SourceDocument):
        raise ImportSourceError(f"{place}:{found.line}", "cannot be read", found.reason)
    return {} if found is None else mapping(found.content)
