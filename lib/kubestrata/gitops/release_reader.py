"""The releases of a cluster with their charts and their input, ready to render."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.gitops.application_chart import (
    ApplicationChart,
    application_charts,
    application_input,
)
from kubestrata.gitops.argo_source import Destinations, is_cluster, sources_of
from kubestrata.gitops.chart_release import ChartRelease
from kubestrata.gitops.disk import Disk
from kubestrata.gitops.own_chart import own_chart
from kubestrata.gitops.release_input import (
    DUMMY,
    ReleaseInput,
    ValuesError,
    release_input,
    with_values_files,
)
from kubestrata.helm.release import Release
from kubestrata.helm.store import ChartStore
from kubestrata.helm.stored_chart import StoredChart
from kubestrata.helm.sub_chart import NOT_IN_STORE
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.deployed import kubernetes_minor
from kubestrata.rules.field import known
from kubestrata.rules.link.secret_made import CONFIG_MAP, made
from kubestrata.rules.release import ChartUse, chart_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding

HELM_RELEASE, APPLICATION = (HELM, "HelmRelease"), (ARGO, "Application")
_AWAY = "it is installed in another cluster"
_DUMMY = base64.b64encode(DUMMY.encode()).decode()
MOST_LEVELS = 5
"""The number of releases that make one another, as charts of charts."""


def kind_of(subject: Subject) -> tuple[str, str]:
    """Return group and kind of an object."""
    return subject.identity.group, subject.identity.kind


def is_release(subject: Subject) -> bool:
    """Return True for an object that installs charts."""
    return kind_of(subject) in (HELM_RELEASE, APPLICATION)


@dataclass
class ReleaseReader:
    """Reads releases; those that cannot be rendered are in `unrendered`, with the reason."""

    store: ChartStore
    unrendered: list[Finding] = field(default_factory=list[Finding])
    applications: set[Identity] = field(default_factory=set[Identity])
    """The Applications that install charts."""

    def at_hand(self, why: str) -> str:
        """Return why a release is not rendered, with the command that fetches a missing chart."""
        is_missing = why.endswith(NOT_IN_STORE)
        return f"{why}; run `{self.store.import_command}`" if is_missing else why

    def of_tree(self, tree: ClusterTree) -> list[ChartRelease]:
        """Return the releases that are written in a tree."""
        written = [
            *tree.of_kind(*HELM_RELEASE),
            # An Application that another cluster's objects are for is in this one's tree too.
            *(each for each in tree.of_kind(*APPLICATION) if each.identity in tree.units),
        ]
        return [one for each in written for one in self.of_subject(tree, each, None)]

    def of_chart(
        self, tree: ClusterTree, made: Iterable[tuple[Subject, ChartRelease]]
    ) -> list[ChartRelease]:
        """Return the releases that charts make; `tree` has the objects of all charts so far."""
        found: list[ChartRelease] = []
        for subject, above in made:
            if above.depth + 1 >= MOST_LEVELS:
                why = f"it is made by charts of charts, more than {MOST_LEVELS} levels deep"
                self.unrendered.append(subject.finding("", why))
                continue
            for one in self.of_subject(tree, subject, above):
                if _is_repeated(one):
                    chart = one.release.chart.name
                    why = f"chart {chart} makes a release of itself with the same values"
                    self.unrendered.append(subject.finding("", why))
                else:
                    found.append(one)
        return found

    def of_subject(
        self, tree: ClusterTree, subject: Subject, above: ChartRelease | None
    ) -> list[ChartRelease]:
        """Return the release of a HelmRelease, or those of an Application."""
        reads: Sequence[Callable[[], ChartRelease]] = ()
        if kind_of(subject) == HELM_RELEASE:
            reads = [lambda: self._release(tree, subject, above)]
        elif kind_of(subject) == APPLICATION:
            reads = list(self._applied(tree, subject, above))
        found: list[ChartRelease] = []
        for read in reads:
            try:
                found.append(read())
            except ValuesError as error:
                self.unrendered.append(subject.finding("", str(error)))
        return found

    def _release(
        self, tree: ClusterTree, subject: Subject, above: ChartRelease | None
    ) -> ChartRelease:
        if subject.spec.get("kubeConfig"):
            raise ValuesError(_AWAY)
        use = chart_of(tree, subject)
        if use is None:
            raise ValuesError("its source is not in the tree")
        chart = self._stored(tree, use)
        given = with_values_files(tree, subject, chart, release_input(tree, subject))
        return _chart_release(tree, subject, chart, given, above)

    def _applied(
        self, tree: ClusterTree, subject: Subject, above: ChartRelease | None
    ) -> Iterator[Callable[[], ChartRelease]]:
        """Yield a function for each chart of an Application, which returns its release."""
        disk = None if self.store.repository is None else Disk(self.store.repository)
        charts = list(application_charts(tree, subject, disk))
        if charts:
            self.applications.add(subject.identity)
        if above is not None and _is_elsewhere(tree, subject):
            self.unrendered.append(subject.finding("", _AWAY))
            return
        if above is not None and disk is None and len(charts) < len(_folders(subject)):
            why = "the repository with its folders is not at hand"
            self.unrendered.append(subject.finding("", why))

        for chart in charts:

            def read(chart: ApplicationChart = chart) -> ChartRelease:
                stored = self._of_application(tree, chart)
                given = application_input(tree, chart, stored, disk)
                return _chart_release(tree, subject, stored, given, above)

            yield read

    def _of_application(self, tree: ClusterTree, chart: ApplicationChart) -> StoredChart:
        if chart.folder is None:
            return self._stored(tree, chart.use)
        return self._own(lambda: self.store.in_repository(chart.folder or ""))

    def _stored(self, tree: ClusterTree, use: ChartUse) -> StoredChart:
        """Return the chart of a release: of the repository itself, or of the store."""

        def find() -> StoredChart | None:
            # Flux ignores the version of a chart in a folder: there is only one.
            version = "" if use.local else use.version
            found = own_chart(tree, use, self.store)
            return found or self.store.find(use.name, version, use.source)

        return self._own(find)

    def _own(self, find: Callable[[], StoredChart | None]) -> StoredChart:
        try:
            found = find()
        except ImportSourceError as error:
            raise ValuesError(f"its chart {error.what}: {error.why}") from None
        if found is None:
            raise ValuesError(self.at_hand(f"its chart {NOT_IN_STORE}"))
        return found


def _chart_release(
    tree: ClusterTree,
    subject: Subject,
    chart: StoredChart,
    given: ReleaseInput,
    above: ChartRelease | None,
) -> ChartRelease:
    minor = kubernetes_minor(tree)
    version = tree.kubernetes or ("" if minor is None else f"1.{minor}")
    release = Release(
        chart,
        given.name,
        given.namespace,
        given.values,
        given.kubernetes or version,
        given.api_versions or frozenset(),
        objects=_known_objects(tree, given.namespace),
        has_schema=given.has_schema,
    )
    unit = subject.identity if kind_of(subject) == APPLICATION else subject.unit
    return ChartRelease(
        subject, release, unit, given.values_at, given.has_crds, above, given.api_versions
    )


def _known_objects(tree: ClusterTree, namespace: str) -> Mapping[str, Manifest]:
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


def _folders(application: Subject) -> list[object]:
    """Return the sources of an Application that apply something."""
    return [
        each.value
        for each in sources_of(application.spec)
        if each.path or each.value.get("chart") or not each.value.get("ref")
    ]


def _is_elsewhere(tree: ClusterTree, application: Subject) -> bool:
    secrets = (each.manifest for each in tree.of_kind("", "Secret"))
    return bool(Destinations(filter(is_cluster, secrets)).name_of(application.spec))


def _is_repeated(release: ChartRelease) -> bool:
    """Return True for a chart that one of the releases above has, with equal values."""
    above = release.above
    while above is not None:
        is_same = above.release.chart.digest == release.release.chart.digest
        if is_same and above.release.values == release.release.values:
            return True
        above = above.above
    return False
