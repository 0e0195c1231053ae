"""The objects of charts: the releases of a tree rendered, with their templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.identity import Identity, group_of, identity_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.gitops.kubectl import Builder, NotRunError, RenderError
from kubestrata.gitops.post_render import is_post_rendered, post_rendered
from kubestrata.gitops.release_input import ReleaseInput, ValuesError, release_input
from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered, RenderedObject
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.store import ChartStore
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.unknown_value import ValuePath, broken_schema, ignored_values
from kubestrata.helm.value_reader import ValueReader
from kubestrata.rules.api_group import HELM
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.chart_results import ChartResults
from kubestrata.rules.deployed import kubernetes_minor
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.placeholders import is_substituted
from kubestrata.rules.provider import CRD
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

NOT_AT_HAND = "its chart is not in the store; run `kubestrata import`"
_TESTS = ("test", "test-success", "test-failure")
_MOST_ROUNDS = 3
"""A chart may make CRDs only where another chart's CRDs exist."""


def with_charts(trees: Sequence[ClusterTree], store: ChartStore) -> list[ClusterTree]:
    """Return the trees with the objects of their releases, as Helm makes them.

    A release that cannot be rendered here is in `charts.unrendered` with the reason; one that
    Helm itself refuses is in `charts.refused`.
    """
    clusters = [_Cluster(tree, store) for tree in trees]
    with Renderer(store) as renderer:
        for _ in range(_MOST_ROUNDS):
            waiting = [use for each in clusters for use in each.to_render()]
            if not waiting:
                break
            results = renderer.render_all([each.release for each in waiting])
            for use, result in zip(waiting, results, strict=True):
                use.result = result
        done = [use for each in clusters for use in each.uses]
        found = ignored_values(renderer, [(use.release, use.result) for use in done])
        for use, ignored in zip(done, found, strict=True):
            use.ignored = ignored
    builder = Builder()
    return [each.tree_with_objects(builder) for each in clusters]


@dataclass
class _Use:
    """A HelmRelease whose chart is at hand, and the result of the last rendering."""

    subject: Subject
    release: Release
    result: Rendered | NotRendered | None = None
    ignored: Sequence[ValuePath] = ()


@dataclass
class _Cluster:
    tree: ClusterTree
    store: ChartStore
    uses: list[_Use] = field(default_factory=list[_Use])
    unrendered: list[Finding] = field(default_factory=list[Finding])
    refused: list[Finding] = field(default_factory=list[Finding])
    schemas: dict[Identity, Mapping[str, Any]] = field(
        default_factory=dict[Identity, Mapping[str, Any]]
    )

    def __post_init__(self) -> None:
        minor = kubernetes_minor(self.tree)
        version = self.tree.kubernetes or ("" if minor is None else f"1.{minor}")
        for subject in self.tree.of_kind(HELM, "HelmRelease"):
            try:
                chart, given = self._chart(subject), release_input(self.tree, subject)
            except ValuesError as error:
                self.unrendered.append(subject.finding("", str(error)))
                continue
            release = _release(chart, given, version)
            self.uses.append(_Use(subject, release))

    def _chart(self, subject: Subject) -> StoredChart:
        if subject.spec.get("kubeConfig"):
            raise ValuesError("it is installed in another cluster")
        use = chart_of(self.tree, subject)
        if use is None:
            raise ValuesError("its source is not in the tree")
        found = self.store.find(use.name, use.version)
        if found is None:
            raise ValuesError(NOT_AT_HAND)
        return found

    def to_render(self) -> Iterator[_Use]:
        """Yield the releases to render: all at first, then those for which more CRDs exist."""
        versions = frozenset(self._api_versions())
        for use in self.uses:
            if use.result is None or use.release.api_versions != versions:
                use.release = replace(use.release, api_versions=versions)
                yield use

    def _api_versions(self) -> Iterator[str]:
        """Yield `group/version` and `group/version/Kind` of every kind that CRDs define."""
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
                each.manifest for each in _objects(use) if each.manifest.get("kind") == CRD[1]
            )

    def tree_with_objects(self, builder: Builder) -> ClusterTree:
        """Return the tree with what was rendered."""
        scopes = {
            (str(spec.get("group")), str(mapping(spec.get("names")).get("kind"))): (
                spec.get("scope") != "Cluster"
            )
            for spec in (mapping(each.get("spec")) for each in self._definitions())
        }
        made: list[Subject] = []
        rendered: set[Identity] = set()
        for use in self.uses:
            if not isinstance(use.result, Rendered):
                self._note(use)
                continue
            try:
                made += _subjects(use, scopes, builder)
            except NotRunError as error:
                self.unrendered.append(use.subject.finding("", str(error)))
            except RenderError as error:
                self.refused.append(use.subject.finding("spec.postRenderers", str(error)))
            else:
                rendered.add(use.subject.identity)
                self.refused += (
                    use.subject.finding("", f"{each.template}: {each.why}")
                    for each in use.result.faults
                )
        tree = self.tree
        provides = dict(tree.provides)
        definitions = [each for each in made if _is_definition(each)]
        for each in definitions:
            if each.chart is not None:
                provides.setdefault(str(each.spec.get("group", "")), each.chart.release)
        return replace(
            tree,
            subjects=[*tree.subjects, *(each for each in made if not _is_definition(each))],
            definitions=definitions,
            provides=provides,
            charts=ChartResults(
                rendered=frozenset(rendered),
                refused=self.refused,
                unrendered=self.unrendered,
                unread=[finding for use in self.uses for finding in _unread(use)],
                schemas=self.schemas,
                values_of=_ValueNames(
                    {use.subject.identity: use.release.chart for use in self.uses}
                ),
            ),
        )

    def _note(self, use: _Use) -> None:
        result = use.result
        if not isinstance(result, NotRendered):
            return
        given = use.release.values
        if not result.is_refused:
            self.unrendered.append(use.subject.finding("", result.why))
        elif schema := broken_schema(use.release.chart, given):
            self.schemas[use.subject.identity] = schema
        elif is_substituted(self.tree, use.subject) and "${" in result.why:
            why = f"its values have variables that only the cluster knows: {result.why}"
            self.unrendered.append(use.subject.finding("", why))
        else:
            self.refused.append(use.subject.finding("spec.values", result.why))


def _release(chart: StoredChart, given: ReleaseInput, kubernetes: str) -> Release:
    return Release(chart, given.name, given.namespace, given.values, kubernetes)


def _is_definition(subject: Subject) -> bool:
    return (subject.identity.group, subject.identity.kind) == CRD


def _unread(use: _Use) -> Iterator[Finding]:
    chart = use.release.chart
    for path in use.ignored:
        at = ".".join(("spec.values", *path))
        yield use.subject.finding(at, f"chart {chart.name} {chart.version} does not read it")


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


def _objects(use: _Use) -> Iterator[RenderedObject]:
    """Yield what a release makes, without its tests, and without `crds/` if Flux skips them."""
    if not isinstance(use.result, Rendered):
        return
    if mapping(use.subject.spec.get("install")).get("crds") != "Skip":
        yield from use.result.crds
    tests = mapping(use.subject.spec.get("test")).get("enable") is True
    for each in use.result.objects:
        if tests or not each.events or not set(each.events) <= set(_TESTS):
            yield each


def _subjects(
    use: _Use, scopes: Mapping[tuple[str, str], bool], builder: Builder
) -> Iterator[Subject]:
    """Yield the objects of a release; raises RenderError."""
    for each in _post_rendered(use, builder):
        for made in _flat(each.manifest):
            manifest = _in_namespace(made, use.release.namespace, scopes)
            chart = use.release.chart
            origin = ChartOrigin(
                use.subject.identity, chart.name, chart.version, each.template, each.events
            )
            yield Subject(
                identity_of(manifest),
                manifest,
                use.subject.place,
                use.subject.unit,
                is_open=use.subject.is_open,
                chart=origin,
            )


def _post_rendered(use: _Use, builder: Builder) -> Iterable[RenderedObject]:
    """Return the objects after the post-renderers, which change neither hooks nor `crds/`."""
    objects = list(_objects(use))
    spec = use.subject.spec
    if not is_post_rendered(spec) or not isinstance(use.result, Rendered):
        return objects
    apart = {id(each) for each in use.result.crds}
    changed = [each for each in objects if not each.is_hook and id(each) not in apart]
    others = [each for each in objects if each.is_hook or id(each) in apart]
    after = post_rendered(spec, [each.manifest for each in changed], builder)
    return [*others, *(replace(changed[number], manifest=made) for number, made in after)]


def _flat(manifest: Manifest) -> Iterator[Manifest]:
    items = manifest.get("items")
    if str(manifest.get("kind", "")).endswith("List") and items is not None:
        yield from (mapping(each) for each in sequence(items) if mapping(each).get("kind"))
    else:
        yield manifest


def _in_namespace(
    manifest: Manifest, namespace: str, scopes: Mapping[tuple[str, str], bool]
) -> Manifest:
    """Return an object with the namespace in which Helm creates it."""
    metadata = mapping(manifest.get("metadata"))
    kind = group_of(str(manifest.get("apiVersion"))), str(manifest.get("kind"))
    has_namespace = scopes.get(kind, not is_cluster_scoped(*kind))
    if has_namespace and not metadata.get("namespace"):
        return {**manifest, "metadata": {**metadata, "namespace": namespace}}
    if not has_namespace and "namespace" in metadata:
        return {
            **manifest,
            "metadata": {key: part for key, part in metadata.items() if key != "namespace"},
        }
    return manifest
