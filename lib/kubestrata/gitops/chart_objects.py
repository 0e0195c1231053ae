"""The objects of charts: the releases of a tree rendered, with their templates."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.core.secret_record import hide, is_recording
from kubestrata.gitops.chart_release import ChartRelease, Scopes
from kubestrata.gitops.kept_build import KeptBuilder
from kubestrata.gitops.kubectl import Builder, NotRunError, RenderError
from kubestrata.gitops.made_application import with_folders
from kubestrata.gitops.release_reader import (
    APPLICATION,
    HELM_RELEASE,
    ReleaseReader,
    is_release,
    kind_of,
)
from kubestrata.gitops.secret_trace import SecretTrace
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.store import ChartStore, files_in
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.value_reader import ValueReader
from kubestrata.helm.variation import release_facts
from kubestrata.knowledge import kubernetes_history
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.chart_results import ChartResults
from kubestrata.rules.checked_object import catalogue_of
from kubestrata.rules.deployed import kubernetes_minor
from kubestrata.rules.placeholders import is_substituted
from kubestrata.rules.provider import CRD
from kubestrata.rules.strings import strings
from kubestrata.rules.subject import ClusterTree, Listed, Subject, Unit
from kubestrata.rules.violation import Finding
from kubestrata.schema import ValuesSchema

_OPEN = "its values have variables that only the cluster knows"
_MOST_ROUNDS = 3
# Source: kube-aggregator, which is part of every API server but not of client-go's scheme.
# Off by default, or on until a version that removes them.
_EARLY = re.compile(r"/v[0-9]+(alpha|beta)[0-9]+ ")
_AGGREGATION = ("apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1/APIService")
"""A chart may make CRDs only where another chart's CRDs exist."""


def with_charts(trees: Sequence[ClusterTree], store: ChartStore) -> list[ClusterTree]:
    """Return the trees with the objects of their releases, as Helm makes them.

    So are the releases that charts make. A release that cannot be rendered here is in
    `charts.unrendered` with the reason; one that Helm itself refuses is in `charts.refused`.
    """
    builder = KeptBuilder(store)
    clusters = [_Cluster(tree, ReleaseReader(store), builder) for tree in trees]
    with Renderer(store) as renderer:
        while True:
            for _ in range(_MOST_ROUNDS):
                waiting = [use for each in clusters for use in each.to_render(renderer)]
                if not waiting:
                    break
                results = renderer.render_all([each.release for each in waiting])
                for use, result in zip(waiting, results, strict=True):
                    use.result = result
            if sum(each.add_releases_of_charts() for each in clusters) == 0:
                break
        done = [use for each in clusters for use in each.uses]
        found = release_facts(renderer, [(use.release, use.result) for use in done])
        for use, facts in zip(done, found, strict=True):
            use.facts = facts
        if is_recording():
            _hide_secrets(renderer, done)
    return [each.tree_with_objects() for each in clusters]


def _hide_secrets(renderer: Renderer, done: Sequence[ChartRelease]) -> None:
    """Keep what charts make of the secrets among the values out of the output."""
    traced = [(use, trace) for use in done if (trace := SecretTrace.of(use.release.values)).dummies]
    others = [
        replace(use.release, values=mapping(trace.replaced(use.release.values)))
        for use, trace in traced
    ]
    for (use, trace), other in zip(traced, renderer.render_all(others), strict=True):
        for text in trace.derived(use.result, other):
            hide(text)


@dataclass
class _Cluster:
    tree: ClusterTree
    reader: ReleaseReader
    builder: Builder
    uses: list[ChartRelease] = field(default_factory=list[ChartRelease])
    refused: list[Finding] = field(default_factory=list[Finding])
    schemas: dict[Identity, Mapping[str, Any]] = field(
        default_factory=dict[Identity, Mapping[str, Any]]
    )
    _followed: set[Identity] = field(default_factory=set[Identity])
    """The releases that were read, written ones and those that charts make."""

    def __post_init__(self) -> None:
        self.uses += self.reader.of_tree(self.tree)
        self._followed.update(each.identity for each in self.tree.subjects if is_release(each))

    def to_render(self, renderer: Renderer) -> Iterator[ChartRelease]:
        """Yield the releases to render: all at first, then those for which more CRDs exist."""
        versions = frozenset(self._api_versions())
        for use in self.uses:
            own = versions if use.own_versions is None else use.own_versions
            given = replace(use.release, api_versions=own)
            if use.result is None or renderer.key(given) != renderer.key(use.release):
                use.release = given
                yield use

    def add_releases_of_charts(self) -> int:
        """Add the releases among the objects of charts; return the number of new ones."""
        makers = [use for use in self.uses if _makes_releases(use)]
        if not makers:
            return 0
        new: list[tuple[Subject, ChartRelease]] = []
        for use in makers:
            for each in self._made(use):
                if is_release(each) and each.identity not in self._followed:
                    self._followed.add(each.identity)
                    new.append((each, use))
        if not new:
            return 0
        new += self._in_folders(new)
        made = [each for use in self.uses for each in self._made(use)]
        tree = dataclasses.replace(self.tree, subjects=[*self.tree.subjects, *made])
        found = self.reader.of_chart(tree, new)
        self.uses += found
        return len(found)

    def _in_folders(
        self, new: Sequence[tuple[Subject, ChartRelease]]
    ) -> list[tuple[Subject, ChartRelease]]:
        """Read the folders that Applications of charts apply; return the releases in them."""
        repository = self.reader.store.repository
        by_identity = {each.identity: use for each, use in new if kind_of(each) == APPLICATION}
        applications = [each for each, _ in new if each.identity in by_identity]
        if repository is None or not applications:
            return []
        self.tree, written = with_folders(self.tree, applications, repository, self._scopes())
        found = [each for each in written if is_release(each)]
        self._followed.update(each.identity for each in found)
        first = next(iter(by_identity.values()))
        return [(each, by_identity.get(each.unit, first) if each.unit else first) for each in found]

    def _made(self, use: ChartRelease) -> list[Subject]:
        """Return the objects of a release that can be read here."""
        try:
            return list(use.subjects(self._scopes(), self.builder))
        except (NotRunError, RenderError):
            return []

    def _built_in(self) -> Iterator[str]:
        """Yield `group/version/Kind` of the stable kinds of the version of Kubernetes."""
        minor, history = kubernetes_minor(self.tree), kubernetes_history()
        if minor is None or not history.knows(minor):
            return
        for name, span in history.kinds.items():
            if span.has(minor) and not _EARLY.search(name):
                yield name.replace(" ", "/")

    def _api_versions(self) -> Iterator[str]:
        """Yield `group/version` and `group/version/Kind` of every kind that the cluster serves.

        Of built-in kinds, Helm's engine itself knows the groups, except that of aggregated APIs.
        """
        yield from _AGGREGATION
        yield from self._built_in()
        groups: set[str] = set()
        for crd in self._definitions():
            spec = mapping(crd.get("spec"))
            group, kind = str(spec.get("group")), mapping(spec.get("names")).get("kind")
            groups.add(group)
            for version in map(mapping, sequence(spec.get("versions"))):
                if version.get("served") is not False:
                    yield f"{group}/{version.get('name')}"
                    yield f"{group}/{version.get('name')}/{kind}"
        known = catalogue_of(self.tree)
        elsewhere = {*self.tree.provides, *self.tree.given_groups} - groups
        for group, kind in known.all_kinds:
            if group in elsewhere:
                for each in known.versions(group, kind):
                    yield f"{group}/{each.version}"
                    yield f"{group}/{each.version}/{kind}"

    def _definitions(self) -> Iterator[Manifest]:
        yield from (each.manifest for each in self.tree.of_kind(*CRD))
        for use in self.uses:
            yield from (
                each.manifest for each in use.objects() if each.manifest.get("kind") == CRD[1]
            )

    def _scopes(self) -> Scopes:
        return {
            (str(spec.get("group")), str(mapping(spec.get("names")).get("kind"))): (
                spec.get("scope") != "Cluster"
            )
            for spec in (mapping(each.get("spec")) for each in self._definitions())
        }

    def tree_with_objects(self) -> ClusterTree:
        """Return the tree with what was rendered."""
        made: list[Subject] = []
        rendered: set[Identity] = set()
        unmatched: list[Listed] = []
        scopes = self._scopes()
        unrendered = self.reader.unrendered
        for use in self.uses:
            if not isinstance(use.result, Rendered):
                self._note(use)
                continue
            if use.result.faults and self._is_open(use):
                fault = use.result.faults[0]
                why = f"{_OPEN}: {fault.template}: {fault.why}"
                unrendered.append(use.subject.finding("", why))
                continue
            try:
                made += use.subjects(scopes, self.builder)
            except NotRunError as error:
                unrendered.append(use.subject.finding("", str(error)))
            except RenderError as error:
                self.refused.append(use.subject.finding("spec.postRenderers", str(error)))
            else:
                rendered.add(use.subject.identity)
                unmatched += use.unmatched()
                self.refused += (
                    use.subject.finding("", f"{each.template}: {each.why}")
                    for each in use.result.faults
                )
        # An Application may have several charts.
        failed = [use for use in self.uses if not isinstance(use.result, Rendered)]
        rendered -= {use.subject.identity for use in failed}
        rendered -= {each.object for each in unrendered}
        return self._with_made(made, frozenset(rendered), unmatched)

    def _with_made(
        self, made: Sequence[Subject], rendered: frozenset[Identity], unmatched: Sequence[Listed]
    ) -> ClusterTree:
        tree = self.tree
        provides = dict(tree.provides)
        definitions = [each for each in made if kind_of(each) == CRD]
        for each in definitions:
            if each.chart is not None:
                provides.setdefault(str(each.spec.get("group", "")), each.chart.release)
        applications = set(map(str, self.reader.applications))
        others = [each for each in made if kind_of(each) != CRD and not self._is_read(each)]
        return dataclasses.replace(
            tree,
            subjects=[*tree.subjects, *others],
            units={**tree.units, **dict(self._units(made, rendered))},
            unchecked=[
                each
                for each in tree.unchecked
                if not each.of_chart or each.what not in applications
            ],
            definitions=definitions,
            listed=[*tree.listed, *unmatched],
            provides=provides,
            charts=ChartResults(
                rendered=rendered,
                refused=self.refused,
                unrendered=self.reader.unrendered,
                unread=[finding for use in self.uses for finding in use.unread()],
                invented=self._invented(),
                moving=[finding for use in self.uses for finding in use.moving()],
                looked_up={use.subject.identity: use.looked_up() for use in self.uses},
                schemas=self.schemas,
                values_of=_ValueNames(
                    {use.subject.identity: use.release.chart for use in self.uses}
                ),
            ),
        )

    def _invented(self) -> dict[Identity, Sequence[str]]:
        """Return the fields that each rendering gives anew; an Application has several charts."""
        found: dict[Identity, Sequence[str]] = {}
        for use in self.uses:
            if isinstance(use.result, Rendered) and use.result.replaced:
                identity = use.subject.identity
                found[identity] = [*found.get(identity, ()), *use.result.replaced]
        return found

    def _is_read(self, made: Subject) -> bool:
        """Return True for an Application of a chart whose values list it, which is known before."""
        known = self.tree.by_identity.get(made.identity) if made.identity.group == ARGO else None
        return known is not None and known.place == made.place

    def _units(
        self, made: Sequence[Subject], rendered: frozenset[Identity]
    ) -> Iterator[tuple[Identity, Unit]]:
        """Yield the Applications of which more is known now, and those that charts make."""
        faulty = {each.object for each in self.tree.faults}
        noted = {each.what for each in self.tree.unchecked if not each.of_chart}
        for identity in self.reader.applications:
            unit = self.tree.units.get(identity)
            others = identity in faulty or str(identity) in noted
            if unit is not None and identity in rendered and not others:
                yield identity, replace(unit, complete=True)
        for each in made:
            if kind_of(each) == APPLICATION and each.identity not in self.tree.units:
                complete = each.identity in rendered
                yield each.identity, Unit(each, (), each.unit, (), complete)

    def _note(self, use: ChartRelease) -> None:
        result = use.result
        if not isinstance(result, NotRendered):
            return
        given, chart = use.release.values, use.release.chart
        is_flux = kind_of(use.subject) == HELM_RELEASE
        if not result.is_refused:
            why = self.reader.at_hand(result.why)
            self.reader.unrendered.append(use.subject.finding("", why))
        elif is_flux and use.above is None and (schema := _broken_schema(chart, given)):
            self.schemas[use.subject.identity] = schema
        elif is_substituted(self.tree, use.subject) and "${" in result.why:
            self.reader.unrendered.append(use.subject.finding("", f"{_OPEN}: {result.why}"))
        else:
            self.refused.append(use.subject.finding(use.values_at, result.why))

    def _is_open(self, use: ChartRelease) -> bool:
        """Return True if values have variables, whose text may break the YAML of a template."""
        texts = strings(use.release.values)
        return is_substituted(self.tree, use.subject) and any("${" in text for _, text in texts)


def _makes_releases(use: ChartRelease) -> bool:
    groups = (f"{HELM_RELEASE[0]}/", f"{ARGO}/")
    return any(str(each.manifest.get("apiVersion")).startswith(groups) for each in use.objects())


def _broken_schema(chart: StoredChart, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the schema of a chart if values do not fit it; None without, or if they do."""
    try:
        text = files_in(chart).get("values.schema.json", b"")
        schema: object = json.loads(text) if text else None
    except (ImportSourceError, ValueError):
        return None
    if not is_mapping(schema):
        return None
    # A variable may get any value in the cluster.
    if not any(ValuesSchema(schema).faults(dict(values), substituted=True)):
        return None
    return schema


class _ValueNames:
    """Names the values of a release from which a field of its chart's object comes."""

    def __init__(self, charts: Mapping[Identity, StoredChart]) -> None:
        self._charts = charts
        self._readers: dict[Identity, ValueReader] = {}

    def __call__(self, finding: Finding) -> str:
        origin = finding.chart
        if origin is None or origin.release not in self._charts:
            return ""
        reader = self._readers.get(origin.release)
        if reader is None:
            reader = self._readers[origin.release] = ValueReader(self._charts[origin.release])
        return " or ".join(reader.values_of(origin.template, finding.path))
