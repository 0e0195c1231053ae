"""Helmfiles: the releases that a bootstrap installs, with their values as far as they are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.gitops.argo_chart import merged
from kubestrata.gitops.disk import is_aside, join
from kubestrata.gitops.document import Reading, Repository, file_identity, read
from kubestrata.knowledge import Knowledge
from kubestrata.rules.helmfile_release import HelmfileRelease
from kubestrata.rules.release import values_bring_crds
from kubestrata.rules.subject import Listed
from kubestrata.rules.violation import Location

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ALONE = re.compile(r"^[ \t]*\{\{[^\n]*\}\}[ \t]*$", re.MULTILINE)
_TEMPLATED = "templated-by-helmfile"
_ONLY = "# Only at bootstrap: "
"""The beginning of a file of values whose difference is intended (see constructs/bootstrap)."""
_REMOTE = re.compile(r"^(?:git::|https?://|s3://|oci://)|[*?\[]")


def helmfile_releases(
    repository: Repository, files: Mapping[str, Reading]
) -> Iterator[HelmfileRelease]:
    """Yield the releases of all helmfiles in a repository, and of their templates."""
    for path, document, place in _helmfiles(repository, files):
        for each in map(mapping, sequence(document.get("releases"))):
            chart = str(each.get("chart") or each.get("name") or "")
            name = str(each.get("name") or "")
            if not name or _TEMPLATED in f"{name} {chart}":
                continue
            version = str(each.get("version") or "")
            yield HelmfileRelease(
                name,
                str(each.get("namespace") or "default"),
                chart.rstrip("/").rpartition("/")[2].partition(":")[0],
                "" if _TEMPLATED in version else version,
                None if _inherits(document) else _values(repository, path, each),
                place,
                for_crds="crd" in path.rpartition("/")[2].lower(),
            )


def missing_files(repository: Repository, files: Mapping[str, Reading]) -> Iterator[Listed]:
    """Yield the entries of helmfiles that name a file which does not exist."""
    for path, document, place in _helmfiles(repository, files):
        for field, entry in _named(document):
            if _REMOTE.search(entry) or _TEMPLATED in entry or _ACTION.search(entry):
                continue
            here = join(path.rpartition("/")[0], entry)
            if repository.find(here) is None:
                yield Listed(file_identity(path), place, field, entry, "missing")


def _named(document: Manifest) -> Iterator[tuple[str, str]]:
    for field in ("helmfiles", "bases"):
        for index, each in enumerate(sequence(document.get(field))):
            entry = each.get("path") if is_mapping(each) else each
            if isinstance(entry, str):
                yield f"{field}[{index}]", entry
    for index, release in enumerate(map(mapping, sequence(document.get("releases")))):
        for number, each in enumerate(sequence(release.get("values"))):
            if isinstance(each, str):
                yield f"releases[{index}].values[{number}]", each


def _helmfiles(
    repository: Repository, files: Mapping[str, Reading]
) -> Iterator[tuple[str, Manifest, Location]]:
    """Yield the path, the content and the location of each helmfile."""
    for path, reading in files.items():
        for each in reading.documents:
            if _is_helmfile(path, each.manifest):
                yield path, each.manifest, each.place
    for path in repository.helmfile_templates():
        try:
            text = _ACTION.sub(_TEMPLATED, _ALONE.sub("", repository.text(path)))
        except OSError:  # too large, or not text
            continue
        for each in read(text, path).documents:
            if _is_helmfile(path, each.manifest):
                yield path, each.manifest, each.place


def _is_helmfile(path: str, manifest: Manifest) -> bool:
    if "apiVersion" in manifest or "kind" in manifest or is_aside(path):
        return False
    releases = sequence(manifest.get("releases"))
    if releases:
        return all(is_mapping(each) and "name" in each for each in releases)
    return "helmfile" in path.rpartition("/")[2] and bool(sequence(manifest.get("helmfiles")))


def _inherits(helmfile: Manifest) -> bool:
    """Return True if releases may take values from templates of this helmfile or its bases."""
    return any(helmfile.get(each) for each in ("bases", "defaultInherit"))


def _values(repository: Repository, path: str, release: Manifest) -> Manifest | None:
    """Return the values of a release, None if a template or another tool makes them."""
    if release.get("set") or release.get("valuesTemplate") or release.get("inherit"):
        return None
    found: Manifest = {}
    for each in sequence(release.get("values")):
        if is_mapping(each):
            part: Manifest | None = each
        else:
            part = _file(repository, join(path.rpartition("/")[0], str(each)))
        if part is None or _TEMPLATED in str(part):
            return None
        found = merged([found, part])
    return found


def _file(repository: Repository, path: str) -> Manifest | None:
    """Return the values of a file; None if it is not there, or is a template."""
    if not repository.is_file(path) or path.endswith(".gotmpl"):
        return None
    if repository.text(path).startswith(_ONLY):
        return {}
    documents = repository.reading(path).documents
    return dict(documents[0].manifest) if documents else {}


def charts_without_crds(
    releases: Sequence[HelmfileRelease], knowledge: Knowledge
) -> frozenset[str]:
    """Return the charts whose releases are known to install no CRDs."""
    brings: dict[str, bool] = {}
    for each in releases:
        fact = knowledge.charts.get(each.chart)
        known = fact is not None and each.values is not None and not each.for_crds
        found = fact is None or not known or values_bring_crds(each.values or {}, fact)
        brings[each.chart] = brings.get(each.chart, False) or found
    return frozenset(chart for chart, found in brings.items() if not found)


def of_cluster(
    releases: Sequence[HelmfileRelease], name: str, clusters: Collection[str]
) -> list[HelmfileRelease]:
    """Return the releases of one cluster: without those of helmfiles in the folders of others."""
    others = {each for each in clusters if each != name}
    found: list[HelmfileRelease] = []
    for each in releases:
        folders = each.place.file.split("/")[:-1]
        if name in folders or others.isdisjoint(folders):
            found.append(each)
    return found
