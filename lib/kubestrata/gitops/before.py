"""Objects and CRDs that a cluster has before its delivery begins, as far as the repository shows.

Read are helmfiles, folders named bootstrap, the manifests that Talos applies, and addresses that
scripts apply with kubectl.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import field
from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.gitops.document import Reading, is_object, read
from kubestrata.rules.api_group import HELM
from kubestrata.rules.provider import repository_of
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree

_FOLDER = "bootstrap"
_RELEASE = re.compile(r"^\s*-?\s*(?:name|chart):\s*[\"']?([\w./:@-]+)", re.MULTILINE)
_KIND = re.compile(r"^kind:\s*(\w+)", re.MULTILINE)
_METADATA = re.compile(r"^metadata:\n((?:[ \t]+.*\n?)+)", re.MULTILINE)
_ENTRY = re.compile(r"^\s+(name|namespace):\s*[\"']?([\w.-]+)[\"']?\s*$", re.MULTILINE)
_MANIFEST = re.compile(r"https?://[^\s\"']+\.ya?ml\b")
_APPLIED = re.compile(r"(?:kubectl|helm|kustomize)\b[^\n]*?(https?://[^\s\"']+)")


class EarlyFile(Frozen):
    """A file with what exists before: a helmfile, a list, objects, a machine configuration."""

    path: str
    charts: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    own_groups: frozenset[str] = frozenset()
    external: frozenset[Identity] = frozenset()


class Before(Frozen):
    """Charts that are installed before, addresses that are applied, and objects that exist."""

    charts: frozenset[str]
    addresses: frozenset[str]
    own_groups: frozenset[str]
    external: frozenset[Identity]
    files: Sequence[EarlyFile] = field(default=())

    def of_cluster(self, name: str, clusters: Collection[str]) -> Before:
        """Return what one cluster has, without the files in the folders of others."""
        others = {each for each in clusters if each != name}
        made = self
        for each in self.files:
            folders = each.path.split("/")[:-1]
            if name in folders or others.isdisjoint(folders):
                made = replace(
                    made,
                    charts=made.charts | each.charts,
                    addresses=made.addresses | each.addresses,
                    own_groups=made.own_groups | each.own_groups,
                    external=made.external | each.external,
                )
        return made

    def groups(self, tree: ClusterTree, without: frozenset[str]) -> frozenset[str]:
        """Return the API groups whose CRDs exist before a cluster's delivery.

        `without` are charts that are installed without their CRDs.
        """
        found, knowledge = set(self.own_groups), tree.knowledge
        facts = [knowledge.charts.get(each) for each in self.charts - without]
        again = (
            each for each in tree.of_kind(HELM, "HelmRelease") if each.identity.name in self.charts
        )
        uses = (chart_of(tree, each) for each in again)
        facts += [each.known for each in uses if each is not None]
        found.update(group for each in facts if each is not None for group in each.crds)
        for address in self.addresses:
            found |= set(knowledge.repositories.get(repository_of(address), ()))
        return frozenset(found)


def installed_before(
    files: Mapping[str, Reading], scripts: Iterable[str] = (), templates: Iterable[str] = ()
) -> Before:
    """Return what the files of a repository install before Flux or Argo CD starts.

    `templates` are the texts from which a bootstrap makes objects.
    """
    charts: set[str] = set()
    addresses: set[str] = set()
    early = [
        _early_file(path, each.manifest)
        for path, reading in files.items()
        for each in reading.documents
    ]
    for text in scripts:
        addresses.update(_APPLIED.findall(text))
        if "kubectl" in text and "apply" in text:
            addresses.update(_MANIFEST.findall(text))
        if "releases:" in text:
            behind = text.partition("releases:")[2]
            charts.update(_chart(one) for one in _RELEASE.findall(behind))
    external = frozenset(each for text in templates for each in _in_template(text))
    kept = [each for each in early if each != EarlyFile(each.path)]
    return Before(frozenset(charts), frozenset(addresses), frozenset(), external, kept)


def _early_file(path: str, manifest: Manifest) -> EarlyFile:
    """Return what exists before because of a document."""
    charts = frozenset(_releases(manifest))
    addresses, external = set(_extra_manifests(manifest)), set(_inline_manifests(manifest))
    groups: set[str] = set()
    if _FOLDER in path.split("/")[:-1]:
        if is_object(manifest):
            external.add(identity_of(manifest))
            if manifest["kind"] == "CustomResourceDefinition":
                groups.add(str(mapping(manifest.get("spec")).get("group", "")))
        else:
            named = (*sequence(manifest.get("resources")), *sequence(manifest.get("bases")))
            addresses.update(str(each) for each in named if "github" in str(each))
    return EarlyFile(path, charts, frozenset(addresses), frozenset(groups), frozenset(external))


def _releases(manifest: Manifest) -> Iterator[str]:
    """Yield the charts of a helmfile: a release without one has the name of its chart."""
    if "apiVersion" in manifest or "kind" in manifest:
        return
    for each in map(mapping, sequence(manifest.get("releases"))):
        for key in ("chart", "name"):
            if each.get(key):
                yield _chart(str(each[key]))


def _in_template(text: str) -> Iterator[Identity]:
    """Yield the objects without a group in a template, as far as their names are written in it."""
    for part in re.split(r"^---", text, flags=re.MULTILINE):
        kind, metadata = _KIND.search(part), _METADATA.search(part)
        if kind and metadata and "apiVersion: v1" in part:
            found = dict(_ENTRY.findall(metadata[1]))
            if "name" in found:
                yield Identity("", kind[1], found.get("namespace", ""), found["name"])


def _chart(reference: str) -> str:
    return reference.rpartition("/")[2].partition(":")[0]


def _inline_manifests(manifest: Manifest) -> Iterator[Identity]:
    """Yield the objects in a machine configuration of Talos."""
    for each in map(mapping, sequence(mapping(manifest.get("cluster")).get("inlineManifests"))):
        reading = read(str(each.get("contents") or ""), "")
        yield from (
            identity_of(one.manifest) for one in reading.documents if is_object(one.manifest)
        )


def _extra_manifests(manifest: Manifest) -> Iterator[str]:
    """Yield the addresses in a machine configuration of Talos."""
    for each in sequence(mapping(manifest.get("cluster")).get("extraManifests")):
        yield str(each)
