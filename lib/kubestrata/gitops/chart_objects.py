"""The objects of charts: the releases of a tree rendered, with their templates."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kubestrata.core.api_scope import is_cluster_scoped
from kubestrata.core.errors import ImportSourceError
from kubestrata.core.identity import Identity, group_of, identity_of
from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.gitops.kubectl import Builder, NotRunError, RenderError
from kubestrata.gitops.own_chart import own_chart
from kubestrata.gitops.patch_target import chooses, described
from kubestrata.gitops.post_render import is_post_rendered, post_rendered
from kubestrata.gitops.release_input import (
    DUMMY,
    ReleaseInput,
    ValuesError,
    application_input,
    release_input,
    with_values_files,
)
from kubestrata.helm.packed import unpacked
from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered, RenderedObject
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.store import ChartStore, archive_at
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.value_reader import ValueReader
from kubestrata.helm.variation import ReleaseFacts, release_facts
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.chart_results import ChartResults, LookedUp
from kubestrata.rules.deployed import kubernetes_minor
from kubestrata.rules.field import known, values
from kubestrata.rules.judged import catalogue_of
from kubestrata.rules.link.secret_made import CONFIG_MAP, made
from kubestrata.rules.placeholders import is_substituted, strings
from kubestrata.rules.provider import CRD
from kubestrata.rules.release import ChartUse, chart_of, chart_of_source, chart_sources
from kubestrata.rules.subject import ClusterTree, Listed, Subject
from kubestrata.rules.violation import Finding
from kubestrata.schema import ValuesSchema

NOT_AT_HAND = "its chart is not in the store; run `kubestrata import --charts`"
_OPEN = "its values have variables that only the cluster knows"
_NESTED = "it is made by the chart of another release, which is not followed"
_TESTS = ("test", "test-success", "test-failure")
_DUMMY = base64.b64encode(DUMMY.encode()).decode()
_MOST_ROUNDS = 3
# Source: kube-aggregator, which is part of every API server but not of client-go's scheme.
_AGGREGATION = ("apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1/APIService")
"""A chart may make CRDs only where another chart's CRDs exist."""


def with_charts(trees: Sequence[ClusterTree], store: ChartStore) -> list[ClusterTree]:
    """Return the trees with the objects of their releases, as Helm makes them.

    A release that cannot be rendered here is in `charts.unrendered` with the reason; one that
    Helm itself refuses is in `charts.refused`.
    """
    clusters = [_Cluster(tree, store) for tree in trees]
    with Renderer(store) as renderer:
        for _ in range(_MOST_ROUNDS):
            waiting = [use for each in clusters for use in each.to_render(renderer)]
            if not waiting:
                break
            results = renderer.render_all([each.release for each in waiting])
            for use, result in zip(waiting, results, strict=True):
                use.result = result
        done = [use for each in clusters for use in each.uses]
        found = release_facts(renderer, [(use.release, use.result) for use in done])
        for use, facts in zip(done, found, strict=True):
            use.facts = facts
    builder = Builder()
    return [each.tree_with_objects(builder) for each in clusters]


@dataclass
class _Use:
    """A HelmRelease, or a source of an Application, and the result of the last rendering.

    `unit` is what applies its objects.
    """

    subject: Subject
    release: Release
    unit: Identity | None
    has_crds: bool = True
    result: Rendered | NotRendered | None = None
    facts: ReleaseFacts = field(default_factory=ReleaseFacts)

    @property
    def values_at(self) -> str:
        """Return the path of the values in the release."""
        return "spec.values" if self.subject.identity.group == HELM else "spec.source.helm.values"


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
                given = with_values_files(self.tree, subject, chart, given)
            except ValuesError as error:
                self.unrendered.append(subject.finding("", str(error)))
                continue
            release = _release(chart, given, version, _known_objects(self.tree, given.namespace))
            has_crds = mapping(subject.spec.get("install")).get("crds") != "Skip"
            self.uses.append(_Use(subject, release, subject.unit, has_crds))
        for subject in self.tree.of_kind(ARGO, "Application"):
            for source in chart_sources(subject):
                self._take_application(subject, source, version)

    def _take_application(self, subject: Subject, source: Mapping[str, Any], version: str) -> None:
        helm = mapping(source.get("helm"))
        try:
            chart = self._stored(chart_of_source(self.tree, source))
            given = application_input(subject, source)
        except ValuesError as error:
            self.unrendered.append(subject.finding("", str(error)))
            return
        objects = _known_objects(self.tree, given.namespace)
        release = _release(chart, given, str(helm.get("kubeVersion") or version), objects)
        has_crds = helm.get("skipCrds") is not True
        self.uses.append(_Use(subject, release, subject.identity, has_crds))

    def _chart(self, subject: Subject) -> StoredChart:
        if subject.spec.get("kubeConfig"):
            raise ValuesError("it is installed in another cluster")
        use = chart_of(self.tree, subject)
        if use is None:
            raise ValuesError("its source is not in the tree")
        return self._stored(use)

    def _stored(self, use: ChartUse) -> StoredChart:
        """Return the chart of a release: of the repository itself, or of the store."""
        try:
            found = own_chart(self.tree, use, self.store)
        except ImportSourceError as error:
            raise ValuesError(f"its chart {error.what}: {error.why}") from None
        # Flux ignores the version of a chart in a folder: there is only one.
        version = "" if use.local else use.version
        found = found or self.store.find(use.name, version, use.source)
        if found is None:
            raise ValuesError(NOT_AT_HAND)
        return found

    def to_render(self, renderer: Renderer) -> Iterator[_Use]:
        """Yield the releases to render: all at first, then those for which more CRDs exist."""
        versions = frozenset(self._api_versions())
        for use in self.uses:
            given = replace(use.release, api_versions=versions)
            if use.result is None or renderer.key(given) != renderer.key(use.release):
                use.release = given
                yield use

    def _api_versions(self) -> Iterator[str]:
        """Yield `group/version` and `group/version/Kind` of every kind that CRDs define.

        Helm's engine itself knows the built-in ones, except that of aggregated APIs.
        """
        yield from _AGGREGATION
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
        unmatched: list[Listed] = []
        for use in self.uses:
            if not isinstance(use.result, Rendered):
                self._note(use)
                continue
            if use.result.faults and self._is_open(use):
                fault = use.result.faults[0]
                why = f"{_OPEN}: {fault.template}: {fault.why}"
                self.unrendered.append(use.subject.finding("", why))
                continue
            try:
                made += _subjects(use, scopes, builder)
            except NotRunError as error:
                self.unrendered.append(use.subject.finding("", str(error)))
            except RenderError as error:
                self.refused.append(use.subject.finding("spec.postRenderers", str(error)))
            else:
                rendered.add(use.subject.identity)
                unmatched += _unmatched(use)
                self.refused += (
                    use.subject.finding("", f"{each.template}: {each.why}")
                    for each in use.result.faults
                )
        # An Application may have several charts.
        failed = [use for use in self.uses if not isinstance(use.result, Rendered)]
        rendered -= {use.subject.identity for use in failed}
        rendered -= {each.object for each in self.unrendered}
        self.unrendered += (
            each.finding("", _NESTED)
            for each in made
            if (each.identity.group, each.identity.kind) == (HELM, "HelmRelease")
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
            listed=[*tree.listed, *unmatched],
            provides=provides,
            charts=ChartResults(
                rendered=frozenset(rendered),
                refused=self.refused,
                unrendered=self.unrendered,
                unread=[finding for use in self.uses for finding in _unread(use)],
                moving=[finding for use in self.uses for finding in _moving(use)],
                looked_up={use.subject.identity: _looked_up(use) for use in self.uses},
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
        elif schema := _broken_schema(use.release.chart, given):
            self.schemas[use.subject.identity] = schema
        elif is_substituted(self.tree, use.subject) and "${" in result.why:
            self.unrendered.append(use.subject.finding("", f"{_OPEN}: {result.why}"))
        else:
            self.refused.append(use.subject.finding(use.values_at, result.why))

    def _is_open(self, use: _Use) -> bool:
        """Return True if values have variables, whose text may break the YAML of a template."""
        texts = strings(use.release.values)
        return is_substituted(self.tree, use.subject) and any("${" in text for _, text in texts)


def _release(
    chart: StoredChart, given: ReleaseInput, kubernetes: str, objects: Mapping[str, Manifest]
) -> Release:
    return Release(chart, given.name, given.namespace, given.values, kubernetes, objects=objects)


def _known_objects(tree: ClusterTree, namespace: str) -> dict[str, Manifest]:
    """Return what `lookup` finds in a namespace: Secrets with dummies, ConfigMaps, namespaces."""
    found: dict[str, Manifest] = {}
    for (kind, space, name), keys in made(tree).at.items():
        if space != namespace or not known(name):
            continue
        known_map = tree.get("", kind, space, name) if kind == CONFIG_MAP else None
        metadata = {"name": name, "namespace": space}
        manifest: Manifest = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
        if keys is not None:
            manifest["data"] = dict.fromkeys(sorted(keys), _DUMMY)
        found[f"v1 {kind} {space} {name}"] = manifest if known_map is None else known_map.manifest
    for each in tree.of_kind("", "Namespace"):
        found[f"v1 Namespace  {each.identity.name}"] = each.manifest
    return found


def _is_definition(subject: Subject) -> bool:
    return (subject.identity.group, subject.identity.kind) == CRD


def _unread(use: _Use) -> Iterator[Finding]:
    chart = use.release.chart
    for path in use.facts.ignored:
        said = f"chart {chart.name} {chart.version} does not read it"
        yield use.subject.finding(f"{use.values_at}.{path}", said, "remove it, or correct its name")


def _moving(use: _Use) -> Iterator[Finding]:
    for image, later in use.facts.images:
        said = f"image {image} follows the version of Kubernetes: with the next one it is {later}"
        yield use.subject.finding(use.values_at, said, "set the tag of the image")


def _looked_up(use: _Use) -> tuple[LookedUp, ...]:
    return tuple(
        LookedUp(kind, namespace, name, key in use.facts.required)
        for key in use.facts.looked_up
        for _, kind, namespace, name in [key.split(" ")]
    )


def _broken_schema(chart: StoredChart, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the schema of a chart if values do not fit it; None without, or if they do."""
    try:
        text = unpacked(chart.name, archive_at(chart.path)).get("values.schema.json", b"")
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


def _objects(use: _Use) -> Iterator[RenderedObject]:
    """Yield what a release makes, without its tests, and without `crds/` if Flux skips them."""
    if not isinstance(use.result, Rendered):
        return
    if use.has_crds:
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
        for one in _flat(each.manifest):
            manifest = _in_namespace(one, use.release.namespace, scopes)
            chart = use.release.chart
            origin = ChartOrigin(
                use.subject.identity, chart.name, chart.version, each.template, each.events
            )
            yield Subject(
                identity_of(manifest),
                manifest,
                use.subject.place,
                use.unit,
                is_open=use.subject.is_open,
                chart=origin,
            )


def _post_rendered(use: _Use, builder: Builder) -> Iterable[RenderedObject]:
    """Return the objects after the post-renderers, which change neither hooks nor `crds/`."""
    spec = use.subject.spec
    if not is_post_rendered(spec):
        return list(_objects(use))
    changed, others = _by_post_renderers(use)
    after = post_rendered(spec, [each.manifest for each in changed], builder)
    return [*others, *(replace(changed[number], manifest=made) for number, made in after)]


def _by_post_renderers(use: _Use) -> tuple[list[RenderedObject], list[RenderedObject]]:
    """Return the objects that post-renderers see, and the others."""
    crds = use.result.crds if isinstance(use.result, Rendered) else ()
    apart = {id(each) for each in crds}
    objects = list(_objects(use))
    changed = [each for each in objects if not each.is_hook and id(each) not in apart]
    return changed, [each for each in objects if each.is_hook or id(each) in apart]


def _unmatched(use: _Use) -> Iterator[Listed]:
    """Yield the patches of post-renderers that match no object of the chart."""
    subject = use.subject
    for path, patch in values(subject.manifest, "spec.postRenderers[].kustomize.patches[]"):
        target = mapping(mapping(patch).get("target"))
        if target and not chooses(target, _by_post_renderers(use)[0]):
            at, said = f"{path}.target", described(target)
            yield Listed(subject.identity, subject.place, at, said, "unmatched")


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
