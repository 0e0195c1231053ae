"""The input of rules: the rendered objects of one cluster, and indexes over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.core.secret_field import is_secret_kind
from kubestrata.knowledge import Knowledge, knowledge
from kubestrata.rules.api_group import HELM
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.chart_results import ChartResults
from kubestrata.rules.counterpart import Counterpart
from kubestrata.rules.field import mapping_at, value_at
from kubestrata.rules.helmfile_release import HelmfileRelease
from kubestrata.rules.machine_config import MachineDocument
from kubestrata.rules.strings import strings_with
from kubestrata.rules.violation import Finding, Location, Severity

if TYPE_CHECKING:
    from kubestrata.rules.passed_checks import PassedChecks

_Made = TypeVar("_Made")


class Subject(Frozen, dict=True):
    """One rendered object: the location where it was written, and the unit that applies it.

    A unit is a Flux Kustomization, a ResourceSet or an Argo CD Application; None for objects that
    the sync root itself applies. `file` is the object's file in the tree, '' if a unit generated
    it. `encrypted` objects have their keys, and values of length zero.

    Where Flux substitutes variables, `manifest` has their values: `written` is the object before,
    `retyped` are the fields that are no longer text, with the text as it was written. An object
    that `is_open` has variables whose values are not known; they remain in it as `${name}`.

    An object with a `chart` was made by that chart; its place and unit are those of its release.
    """

    identity: Identity
    manifest: Manifest
    place: Location
    unit: Identity | None = None
    file: str = ""
    encrypted: bool = False
    written: Manifest | None = None
    retyped: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    is_open: bool = False
    chart: ChartOrigin | None = None

    @property
    def as_written(self) -> Manifest:
        """Return the object before variables were substituted."""
        return self.manifest if self.written is None else self.written

    @cached_property
    def dollar_texts(self) -> Sequence[tuple[str, str]]:
        """The texts in which there may be a variable, with their paths, as they are written."""
        return strings_with("$", self.as_written)

    @property
    def is_secret(self) -> bool:
        """Return True for a Secret, whose values are never shown."""
        return is_secret_kind(self.manifest.get("apiVersion"), self.identity.kind)

    @property
    def version(self) -> str:
        """Return `v1` of `apps/v1`."""
        return str(self.manifest.get("apiVersion", "")).rpartition("/")[2]

    @property
    def namespace(self) -> str:
        """Return the namespace, '' for cluster-scoped objects."""
        return self.identity.namespace

    @property
    def labels(self) -> Mapping[str, Any]:
        """Return `metadata.labels`."""
        return mapping_at(self.manifest, "metadata.labels")

    @property
    def annotations(self) -> Mapping[str, Any]:
        """Return `metadata.annotations`."""
        return mapping_at(self.manifest, "metadata.annotations")

    @property
    def spec(self) -> Mapping[str, Any]:
        """Return `spec`, empty if there is none."""
        return mapping(self.manifest.get("spec"))

    def finding(
        self, path: str, message: str, fix: str = "", severity: Severity | None = None
    ) -> Finding:
        """Return a finding about this object."""
        return Finding(self.identity, self.place, path, message, fix, severity, self.chart)


class Unit(Frozen):
    """A Flux Kustomization, a ResourceSet or an Argo CD Application, applied as a whole.

    `parent` applies this unit; `complete` is False if a part of it could not be rendered here.
    """

    subject: Subject
    depends_on: tuple[Identity, ...]
    parent: Identity | None
    objects: tuple[Subject, ...]
    complete: bool = True

    @property
    def identity(self) -> Identity:
        """Return the identity of the Kustomization or Application itself."""
        return self.subject.identity


class Unchecked(Frozen):
    """An input that cannot be checked here: a remote base, a chart that is not available.

    It `hides` objects, unless it is known to have none. One `of_chart` holds only as long as charts
    are not rendered.
    """

    what: str
    why: str
    place: Location
    hides: bool = True
    of_chart: bool = False


class Declared(Frozen):
    """A need of the cluster that its code declares: a variable with its source, a repository.

    `part` is the key that is meant, or the branch; `type` and `example` describe the value of
    a variable.
    """

    sort: str
    name: str
    place: Location
    source: str = ""
    part: str = ""
    type: str = ""
    example: str = ""


class Listed(Frozen):
    """An entry of a list of files, or a patch in it, that matches nothing or is a duplicate."""

    by: Identity
    place: Location
    path: str
    entry: str
    problem: Literal["missing", "repeated", "unmatched", "no folder", "no file", "link", "ignored"]


class Orphans(Frozen):
    """Files that nothing applies: one, or all of a folder in which nothing is applied."""

    path: str
    places: tuple[Location, ...]


@dataclass(frozen=True)
class ClusterTree:
    """All objects that one cluster reconciles, as far as they could be rendered.

    `provides` maps an API group to the object that installs its CRDs; `external` are objects that
    are declared to exist though the tree does not create them; `variables` are the names that
    substitution knows, by unit (a unit whose names are not all known is left out); `given_groups`
    are API groups whose CRDs exist before the delivery begins; `listed` are the wrong entries in
    lists of files, `unreached` those in lists that nothing reads; `unreplaced` are texts in which
    Flux cannot substitute variables; `faults` are the problems found while reading the tree.
    `untyped` are the groups and kinds that are declared to have no schema; `schemas` is the
    generated tree with the schemas, the installed one if None; `more_schemas` are further ones.
    `unexpanded` are ApplicationSets that make more Applications than are known here.
    `before` are the objects that a change replaces, without unchanged ones; None if there is
    nothing to compare with. A `generated` tree comes from constructs, not from written YAML.
    `unapplied` are group, kind and name of objects in files that no cluster applies and that are in
    no folder that one applies: a person, or another tool, may apply them.
    `charts` are the results of rendering: what rendered releases make is among `subjects`, but for
    their CRDs, which are `definitions`. `own_repository` is the address by which Applications name
    the repository that is read (`host/owner/name`), '' if it is unknown. `machines` are
    documents of machine configurations, which nodes get and no delivery applies; `early_releases`
    and `early_addresses` are what a bootstrap installs. `modules` are the variables that Terraform
    modules of the repository declare, by path; None is for a folder that is missing. `passed` are
    checks of single objects that are known to find nothing; nothing is kept if None.
    """

    name: str
    kubernetes: str
    subjects: Sequence[Subject]
    units: Mapping[Identity, Unit] = field(default_factory=dict[Identity, Unit])
    provides: Mapping[str, Identity] = field(default_factory=dict[str, Identity])
    external: frozenset[Identity] = frozenset()
    variables: Mapping[Identity, frozenset[str]] = field(
        default_factory=dict[Identity, frozenset[str]]
    )
    given_groups: frozenset[str] = frozenset()
    listed: Sequence[Listed] = ()
    unreplaced: Sequence[Finding] = ()
    unchecked: Sequence[Unchecked] = ()
    orphans: Sequence[Orphans] = ()
    unreached: Sequence[Listed] = ()
    faults: Sequence[Finding] = ()
    untyped: frozenset[tuple[str, str]] = frozenset()
    schemas: Path | None = None
    more_schemas: Sequence[Path] = ()
    unexpanded: Sequence[Subject] = ()
    unapplied: frozenset[tuple[str, str, str]] = frozenset()
    before: Mapping[Identity, Manifest] | None = None
    generated: bool = False
    charts: ChartResults = field(default_factory=ChartResults)
    definitions: Sequence[Subject] = ()
    declared: Sequence[Declared] = ()
    counterparts: Sequence[Counterpart] = ()
    own_repository: str = ""
    machines: Sequence[MachineDocument] = ()
    early_releases: Sequence[HelmfileRelease] = ()
    early_addresses: frozenset[str] = frozenset()
    modules: Mapping[str, frozenset[str] | None] = field(
        default_factory=dict[str, "frozenset[str] | None"]
    )
    passed: PassedChecks | None = field(default=None, repr=False, compare=False)
    knowledge: Knowledge = field(default_factory=knowledge, repr=False, compare=False)
    _made: dict[Callable[..., Any], Any] = field(
        default_factory=dict[Callable[..., Any], Any], init=False, repr=False, compare=False
    )

    def once(self, make: Callable[[ClusterTree], _Made]) -> _Made:
        """Return the result of a function for this tree, computed once and shared by rules."""
        if make not in self._made:
            self._made[make] = make(self)
        found: _Made = self._made[make]
        return found

    @cached_property
    def by_identity(self) -> Mapping[Identity, Subject]:
        """Return every object by identity; of duplicates the first."""
        found: dict[Identity, Subject] = {}
        for subject in (*self.subjects, *self.definitions):
            found.setdefault(subject.identity, subject)
        return found

    @cached_property
    def _by_kind(self) -> Mapping[tuple[str, str], list[Subject]]:
        found: dict[tuple[str, str], list[Subject]] = {}
        for subject in self.subjects:
            found.setdefault((subject.identity.group, subject.identity.kind), []).append(subject)
        return found

    def of_kind(self, group: str, *kinds: str) -> list[Subject]:
        """Return the objects of some kinds of one group, in the order of the tree."""
        return [each for kind in kinds for each in self._by_kind.get((group, kind), ())]

    def has_kind(self, group: str, kind: str) -> bool:
        """Return True if the tree has an object of a kind."""
        return (group, kind) in self._by_kind

    def get(self, group: str, kind: str, namespace: str, name: str) -> Subject | None:
        """Return one object, None if the tree does not create it."""
        return self.by_identity.get(Identity(group, kind, namespace, name))

    def exists(self, group: str, kind: str, namespace: str, name: str) -> bool:
        """Return True if an object is created here or declared to exist."""
        identity = Identity(group, kind, namespace, name)
        return identity in self.by_identity or identity in self.external

    def is_kept_aside(self, group: str, kind: str, name: str) -> bool:
        """Return True if the repository has an object in a file that no cluster applies."""
        return (group, kind, name) in self.unapplied

    @cached_property
    def workloads(self) -> Sequence[Subject]:
        """Return every object of the tree that runs pods, with those of rendered charts.

        A custom resource with the template of a pod counts: a Rollout, a CloneSet.
        """
        return [
            *self.of_kind("", "Pod"),
            *self.of_kind("apps", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"),
            *self.of_kind("batch", "CronJob", "Job"),
            *(each for each in self.subjects if self._has_template(each)),
        ]

    def _has_template(self, subject: Subject) -> bool:
        if self.knowledge.group(subject.identity.group).builtin:
            return False
        found = value_at(subject.manifest, "spec.template.spec.containers")
        return bool(sequence(found))

    @cached_property
    def hidden_releases(self) -> Sequence[Subject]:
        """Return the HelmReleases whose charts were not rendered."""
        found = self.of_kind(HELM, "HelmRelease")
        return [each for each in found if each.identity not in self.charts.rendered]

    @cached_property
    def release_namespaces(self) -> frozenset[str]:
        """Return the namespaces in which charts create objects that are not known here."""
        return frozenset(map(target_namespace, self.hidden_releases))


def target_namespace(release: Subject) -> str:
    """Return the namespace into which a HelmRelease installs its chart."""
    return str(release.spec.get("targetNamespace") or release.namespace)
