"""The facts of all projects, merged and indexed for lookup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TypeVar

from kubestrata.knowledge.fact import (
    Autoscaler,
    ChartFact,
    Group,
    GrowingSize,
    Health,
    Kind,
    Makes,
    Monitor,
    NamespaceFact,
    Operand,
    Outside,
    PackageFact,
    PartImage,
    ProjectFact,
    Reach,
    ReferenceFact,
    RefusedValues,
)
from kubestrata.knowledge.kind_name import KindName, KindSet, matches_group

_Value = TypeVar("_Value")
_GROUP, _KIND = Group(), Kind()
_KUBERNETES = "kubernetes"


class KnowledgeError(ValueError):
    """A knowledge file that does not follow the schema, or that repeats another."""


def _merged(tables: Iterable[tuple[str, Mapping[str, _Value]]]) -> dict[str, _Value]:
    found: dict[str, _Value] = {}
    home: dict[str, str] = {}
    for project, table in tables:
        for key, value in table.items():
            if key in found:
                raise KnowledgeError(f"{project}.toml: {key!r}: already in {home[key]}.toml")
            found[key], home[key] = value, project
    return found


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Facts by project; two instances are never equal, so that indexes over one can be cached."""

    projects: Mapping[str, ProjectFact] = field(repr=False)

    @cached_property
    def charts(self) -> Mapping[str, ChartFact]:
        """Charts by name."""
        return _merged((name, each.charts) for name, each in self.projects.items())

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """API groups by name or ending."""
        return _merged((name, each.groups) for name, each in self.projects.items())

    @cached_property
    def namespaces(self) -> Mapping[str, NamespaceFact]:
        """Namespaces by name or beginning."""
        return _merged((name, each.namespaces) for name, each in self.projects.items())

    @cached_property
    def repositories(self) -> Mapping[str, frozenset[str]]:
        """Repositories on GitHub whose folders and releases hold CRDs, with the groups of these."""
        declared = _merged((name, each.repositories) for name, each in self.projects.items())
        found = {name: frozenset(groups) for name, groups in declared.items()}
        for chart in self.charts.values():
            if chart.repository:
                groups = found.get(chart.repository, frozenset[str]())
                found[chart.repository] = groups | frozenset(chart.crds)
        return found

    @cached_property
    def kinds(self) -> Mapping[tuple[str, str], Kind]:
        """Kinds by group and name, if a file has facts about them."""
        texts = _merged((name, each.kinds) for name, each in self.projects.items())
        return {KindName.parse(text): kind for text, kind in texts.items()}

    @cached_property
    def packages(self) -> Mapping[str, PackageFact]:
        """Packages of Crossplane that others depend on, by name."""
        return _merged((name, each.packages) for name, each in self.projects.items())

    @cached_property
    def references(self) -> tuple[ReferenceFact, ...]:
        """References, by project."""
        return tuple(chain.from_iterable(each.references for each in self.projects.values()))

    @cached_property
    def refusals(self) -> tuple[RefusedValues, ...]:
        """Values that controllers refuse."""
        return tuple(chain.from_iterable(each.refusals for each in self.projects.values()))

    @cached_property
    def outside(self) -> tuple[Outside, ...]:
        """Fields that name something outside of the cluster, by project."""
        return tuple(chain.from_iterable(each.outside for each in self.projects.values()))

    @cached_property
    def makes(self) -> tuple[Makes, ...]:
        """Secrets and ConfigMaps that controllers create, by project."""
        return tuple(chain.from_iterable(each.makes for each in self.projects.values()))

    @cached_property
    def namesakes(self) -> frozenset[tuple[str, str]]:
        """Kinds whose controller creates a Secret with the name of each object."""
        named = (each for each in self.makes if "{name}" in each.names and "Secret" in each.kinds)
        return frozenset(KindName.parse(kind) for each in named for kind in each.of)

    @cached_property
    def placeholders(self) -> Mapping[tuple[str, str], str]:
        """Kinds with placeholders of their own, and the path of the object that names these."""
        return {
            KindName.parse(kind): each.at
            for project in self.projects.values()
            for each in project.placeholders
            for kind in each.of
        }

    @cached_property
    def monitors(self) -> tuple[Monitor, ...]:
        """Kinds that select what is scraped, by project."""
        return tuple(chain.from_iterable(each.monitors for each in self.projects.values()))

    @cached_property
    def autoscalers(self) -> Mapping[tuple[str, str], Autoscaler]:
        """Kinds that set the number of pods, by project."""
        return {
            KindName.parse(kind): each
            for project in self.projects.values()
            for each in project.autoscalers
            for kind in each.of
        }

    @cached_property
    def sizes(self) -> tuple[GrowingSize, ...]:
        """Sizes that controllers do not reduce."""
        return tuple(chain.from_iterable(each.sizes for each in self.projects.values()))

    @cached_property
    def reaches(self) -> tuple[Reach, ...]:
        """Hosts that controllers must reach, by project."""
        return tuple(chain.from_iterable(each.reaches for each in self.projects.values()))

    @cached_property
    def watch_annotations(self) -> Mapping[str, str]:
        """Annotations that list objects whose changes restart pods, with the kinds of these."""
        return _merged((name, each.watch_annotations) for name, each in self.projects.items())

    @cached_property
    def ca_annotations(self) -> tuple[str, ...]:
        """Prefixes of the annotations with which certificate authorities are injected."""
        found = (each.ca_annotations for each in self.projects.values())
        return tuple(sorted(chain.from_iterable(found)))

    @cached_property
    def copy_annotations(self) -> tuple[str, ...]:
        """Prefixes of the annotations that have a Secret or ConfigMap copied."""
        found = (each.copy_annotations for each in self.projects.values())
        return tuple(sorted(chain.from_iterable(found)))

    @cached_property
    def run_time_labels(self) -> tuple[str, ...]:
        """Prefixes of the labels that only running pods have."""
        found = (each.run_time_labels for each in self.projects.values())
        return tuple(sorted(chain.from_iterable(found)))

    @cached_property
    def operator_labels(self) -> tuple[str, ...]:
        """Prefixes of the labels that operators give to the pods that they create themselves."""
        own = self.projects[_KUBERNETES].run_time_labels if _KUBERNETES in self.projects else ()
        return tuple(each for each in self.run_time_labels if each not in own)

    @cached_property
    def operands(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Kinds whose controller creates further objects, with parts of the names of these."""
        return {
            KindName.parse(kind): operand.names
            for project in self.projects.values()
            for operand in project.operands
            for kind in operand.of
        }

    @cached_property
    def labelled_operands(self) -> Mapping[tuple[str, str], Operand]:
        """Kinds whose controller runs pods, if their labels are known."""
        return {
            KindName.parse(kind): operand
            for project in self.projects.values()
            for operand in project.operands
            for kind in operand.of
            if operand.pod_labels
        }

    @cached_property
    def operands_with_ports(self) -> Mapping[tuple[str, str], Operand]:
        """Kinds whose controller runs pods with ports that none of its Services has."""
        return {
            KindName.parse(kind): operand
            for project in self.projects.values()
            for operand in project.operands
            for kind in operand.of
            if operand.pod_ports
        }

    @cached_property
    def images(self) -> tuple[PartImage, ...]:
        """Images of parts of programs, which have tags of their own."""
        return tuple(chain.from_iterable(each.images for each in self.projects.values()))

    @cached_property
    def _health(self) -> tuple[tuple[KindSet, Health], ...]:
        facts = chain.from_iterable(each.health for each in self.projects.values())
        return tuple((KindSet(each.of), each) for each in facts)

    @cached_property
    def _without_ready(self) -> KindSet:
        return KindSet(chain.from_iterable(each.without_ready for each in self.projects.values()))

    @cached_property
    def _known_groups(self) -> dict[str, Group]:
        return dict(self.groups)

    @cached_property
    def _endings(self) -> tuple[tuple[str, Group], ...]:
        return tuple((name, each) for name, each in self.groups.items() if name.startswith("*"))

    @cached_property
    def installable(self) -> frozenset[str]:
        """API groups with a known installer of their CRDs."""
        groups = (*(each.crds for each in self.charts.values()), *self.repositories.values())
        return frozenset(chain.from_iterable(groups))

    def group(self, name: str) -> Group:
        """Return the facts about an API group."""
        found = self._known_groups.get(name)
        if found is None:
            ending = (each for text, each in self._endings if matches_group(text, name))
            found = self._known_groups[name] = next(ending, _GROUP)
        return found

    def namespace(self, name: str) -> NamespaceFact | None:
        """Return the facts about a namespace, None if there are none."""
        found = self.namespaces.get(name)
        if found is None:
            ends = (each for each in self.namespaces if each.endswith("*"))
            found = next((self.namespaces[e] for e in ends if name.startswith(e[:-1])), None)
        return found

    def kind(self, group: str, name: str) -> Kind:
        """Return the facts about a kind."""
        return self.kinds.get((group, name), _KIND)

    def kinds_with(self, has: Callable[[Kind], object]) -> tuple[tuple[str, str], ...]:
        """Return the groups and kinds of which a fact holds."""
        return tuple(key for key, fact in self.kinds.items() if has(fact))

    def is_operated(self, group: str, kind: str) -> bool:
        """Return True if a controller creates objects, or runs pods, for objects of a kind."""
        if (group, kind) in self.operands:
            return True
        # Groups without a dot are Kubernetes' own.
        return "." in group and not (self.group(group).inert or self.group(group).builtin)

    def has_ready(self, group: str, kind: str) -> bool:
        """Return True if objects of a kind have a Ready condition, or status that serves as one."""
        return (group, kind) not in self._without_ready

    def health(self, group: str, kind: str, *, is_composite: bool = False) -> Health | None:
        """Return how objects of a kind report that they are ready, None for a Ready condition."""
        found = (
            each
            for kinds, each in self._health
            if (is_composite and each.composites)
            or ((group, kind) in kinds and kind not in each.except_kinds)
        )
        return next(found, None)

    def installers(self, group: str) -> list[str]:
        """Return the charts that install a group's CRDs."""
        return sorted(name for name, chart in self.charts.items() if group in chart.crds)
