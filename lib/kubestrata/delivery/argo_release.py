"""HelmReleases for Argo CD: charts of an Application, or the objects that the charts make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject, GraphError, InvalidValue
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence, mapping, sequence
from kubestrata.core.origin import shown
from kubestrata.core.written import Located, WrittenObject
from kubestrata.core.yaml_text import dump
from kubestrata.delivery import flux_source
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.chart_hook import HELM_HOOK
from kubestrata.delivery.unit import Units
from kubestrata.gitops.own_chart import is_own
from kubestrata.gitops.release_input import ReleaseInput, ValuesError, release_input
from kubestrata.rules.api_group import HELM
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location

if TYPE_CHECKING:
    from kubestrata.helm.store import ChartStore

_KIND = (HELM, "HelmRelease")
_OFTEN = frozenset({"pre-install", "post-install", "pre-upgrade", "post-upgrade"})
_FETCH = "run `kubestrata import --charts`"


def is_release(identity: Identity) -> bool:
    """Return True for a HelmRelease."""
    return (identity.group, identity.kind) == _KIND


class Releases:
    """The HelmReleases of a cluster; `tree` has them with all objects and the sources of charts.

    Raises InvalidValue for a release that takes values from a Secret, which Argo CD does not read.
    """

    def __init__(self, cluster: Cluster, units: Units) -> None:
        self._cluster = cluster
        self._objects = {
            item.identity: item for unit in units.by_name.values() for item in unit.objects
        }
        subjects = [
            _subject(item.manifest, item.origin, unit.name)
            for unit in units.by_name.values()
            for item in unit.objects
        ]
        subjects += [
            _subject(manifest, origin, "")
            for manifest, origin in flux_source.charts(cluster.delivery.namespace, None, cluster)
        ]
        self.tree = ClusterTree(
            cluster.name,
            cluster.kubernetes,
            subjects,
            given_groups=cluster.provided_groups,
            generated=True,
        )
        self._inputs = {each.identity: self._input(each) for each in self.tree.of_kind(*_KIND)}

    def _input(self, release: Subject) -> ReleaseInput:
        for entry in map(mapping, sequence(release.spec.get("valuesFrom"))):
            if entry.get("kind") == "Secret":
                why = f"takes values from Secret {entry.get('name')}, which Argo CD does not read"
                fix = "name the Secret in a value of the chart, if it has one for that"
                raise InvalidValue(str(release.identity), why, fix, where=self._origin(release))
        try:
            return release_input(self.tree, release)
        except ValuesError as error:
            raise InvalidValue(
                str(release.identity), str(error), where=self._origin(release)
            ) from None

    def _origin(self, release: Subject) -> Located:
        return self._objects[release.identity].origin

    def namespace(self, identity: Identity) -> str:
        """Return the namespace that a release is installed in."""
        return self._inputs[identity].namespace

    def source(self, identity: Identity) -> Manifest:
        """Return the chart of a release as a source of an Application.

        Raises InvalidValue for patches of what the chart makes, which Argo CD cannot apply.
        """
        release, given = self.tree.by_identity[identity], self._inputs[identity]
        if sequence(release.spec.get("postRenderers")):
            why = "patches objects of its chart, which Argo CD cannot do"
            fix = 'use ArgoCd(charts="rendered"), which writes the patched objects'
            raise InvalidValue(str(identity), why, fix, where=self._origin(release))
        helm: Manifest = {"releaseName": given.name}
        if mapping(release.spec.get("install")).get("crds") == "Skip":
            helm["skipCrds"] = True
        if given.values:
            # The API server removes null from an object; a text keeps it.
            as_text = _has_null(given.values)
            helm |= {"values": dump(given.values)} if as_text else {"valuesObject": given.values}
        return {**self._address(release), "helm": helm}

    def _address(self, release: Subject) -> Manifest:
        use = chart_of(self.tree, release)
        argo = self._cluster.delivery
        if use is not None and is_own(self.tree, use) and isinstance(argo, ArgoCd):
            repository = argo.repository
            return {
                "repoURL": repository.url,
                "path": use.path,
                "targetRevision": repository.branch,
            }
        if use is None or not use.source:
            why = "names a source that is not in the tree"
            raise InvalidValue(str(release.identity), why, where=self._origin(release))
        if use.source.startswith("oci://"):
            # Argo CD takes a registry without its scheme, and the chart apart from it.
            registry = use.source.removeprefix("oci://").rpartition("/")[0]
            return {"repoURL": registry, "chart": use.name, "targetRevision": use.version}
        return {"repoURL": use.source, "chart": use.name, "targetRevision": use.version}

    def registry(self, identity: Identity) -> str | None:
        """Return the registry of a release's chart, as Argo CD names it; None for an index."""
        use = chart_of(self.tree, self.tree.by_identity[identity])
        if use is None or not use.source.startswith("oci://"):
            return None
        return use.source.removeprefix("oci://").rpartition("/")[0]

    def rendered(self, store: ChartStore | None) -> Mapping[Identity, Sequence[WrittenObject]]:
        """Return the objects of each release, as Helm makes them with the charts of a store.

        Raises GraphError for a release that cannot be rendered, DuplicateObject for an object that
        exists twice.
        """
        if not self._inputs:
            return {}
        from kubestrata.gitops.chart_objects import with_charts  # noqa: PLC0415  # needs Helm
        from kubestrata.helm.store import ChartStore  # noqa: PLC0415  # same

        (tree,) = with_charts([self.tree], store or ChartStore())
        # A release that a chart makes is an object for Argo CD, and nothing more.
        problems = (*tree.charts.refused, *tree.charts.unrendered)
        for finding in (each for each in problems if each.object in self._objects):
            fix = _FETCH if "store" in finding.message else None
            what = f"chart of {finding.object}"
            raise GraphError(what, finding.message, fix, where=self._at(finding.object))
        made: dict[Identity, list[WrittenObject]] = {each: [] for each in self._inputs}
        seen: dict[Identity, Located] = {key: one.origin for key, one in self._objects.items()}
        for each in map(_named, (*tree.definitions, *tree.subjects)):
            if each.chart is None or each.chart.release not in made or not _is_delivered(each):
                continue
            origin = self._at(each.chart.release)
            if each.identity in seen:
                why = f"{each.chart} makes it too"
                raise DuplicateObject(
                    str(each.identity), why, "remove one of the two", where=seen[each.identity]
                )
            self._require_known(each, tree.charts.invented.get(each.chart.release, ()))
            seen[each.identity] = origin
            made[each.chart.release].append(WrittenObject(each.identity, each.manifest, origin))
        return made

    def _require_known(self, made: Subject, invented: Sequence[str]) -> None:
        """Raise GraphError for an object whose values only Helm in the cluster could make."""
        from kubestrata.delivery.invented_value import invented_field  # noqa: PLC0415  # needs Helm

        if (path := invented_field(made.manifest, invented)) is None or made.chart is None:
            return
        why = f"has at {path} a value that the chart makes anew each time, or reads in the cluster"
        fix = (
            "give it by a value of the chart, name an existing Secret, or remove the object by a "
            "patch of the release"
        )
        raise GraphError(str(made.identity), why, fix, where=self._at(made.chart.release))

    def _at(self, identity: Identity) -> Located:
        return self._objects[identity].origin


def _subject(manifest: Manifest, origin: Located, unit: str) -> Subject:
    place = Location(shown(origin.file), origin.line)
    owner = Identity("", "", "", unit) if unit else None
    return Subject(identity_of(manifest), manifest, place, owner)


def _is_delivered(subject: Subject) -> bool:
    """Return True for an object that Argo CD can apply: none that only Helm's deletion makes."""
    hooks = subject.annotations.get(HELM_HOOK)
    return hooks is None or bool(_OFTEN & {each.strip() for each in str(hooks).split(",")})


def _named(subject: Subject) -> Subject:
    """Return an object with a name: Kustomize refuses one that the API server would name."""
    metadata = mapping(subject.manifest.get("metadata"))
    if subject.chart is None or metadata.get("name") or not metadata.get("generateName"):
        return subject
    others = {key: each for key, each in metadata.items() if key != "generateName"}
    named = {"name": str(metadata["generateName"]).rstrip("-."), **others}
    manifest = {**subject.manifest, "metadata": named}
    return replace(subject, identity=identity_of(manifest), manifest=manifest)


def _has_null(value: Any) -> bool:
    if is_mapping(value):
        return any(_has_null(each) for each in value.values())
    if is_sequence(value):
        return any(_has_null(each) for each in value)
    return value is None
