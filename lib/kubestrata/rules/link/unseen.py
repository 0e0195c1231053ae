"""Objects that may exist outside the tree: created by charts, operators and remote bases.

No rule may report a problem that depends on them. A Kustomization that could not be followed may
create what is in its namespace; without one, what its name suggests and what is in namespaces that
the tree does not declare.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import ARGO, FLUX_OPERATOR, HELM, KUSTOMIZE, SOURCE
from kubestrata.rules.defined_kind import composites
from kubestrata.rules.field import known, value_at
from kubestrata.rules.link.composition import Composed, composed_of
from kubestrata.rules.link.made_namespace import is_of_others
from kubestrata.rules.provider import is_closed, repository_of, source_address, source_reference
from kubestrata.rules.release import chart_of
from kubestrata.rules.selector import selector_keys
from kubestrata.rules.subject import ClusterTree, Subject, Unit, target_namespace
from kubestrata.rules.violation import Severity

_FLUX = "flux-system"
_SOURCES = frozenset({"Bucket", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository"})
_GENERIC = frozenset({"app", "apps", "cluster", "flux", "infra", "infrastructure", "system"})
"""Parts of names that relate nothing."""


class Unfollowed(Frozen):
    """Objects that may come from Kustomizations and Applications that were not followed."""

    namespaces: frozenset[str]
    """Namespaces with objects of any name and kind."""
    open: tuple[Identity, ...]
    """Those that may create objects in any namespace."""
    words: frozenset[str]
    """The parts of the names of those."""
    blind: bool
    """True if nothing is known of one of them."""
    declared: frozenset[str]
    """The namespaces of the tree, in which they create only what their names suggest."""
    everywhere: bool
    """True if unknown Applications may create objects in every namespace."""


class Unseen(Frozen):
    """Namespaces with objects of any name, and the names that operators derive."""

    namespaces: frozenset[str]
    operated: Mapping[str, tuple[str, ...]]
    unlabelled: Mapping[str, tuple[str, ...]]
    """Those of `operated` whose pods have labels that are not known."""
    composites: Mapping[str, tuple[Composed, ...]]
    """Those whose Compositions are known, by namespace."""
    stems: frozenset[str]
    """Prefixes of the names of releases' objects."""
    values: str
    """The values of all releases, as one text."""
    open_values: bool
    """True if a release has values that are not known."""
    charts: frozenset[str]
    """The namespaces into which releases install their charts."""
    operators: frozenset[str]
    """The namespaces in which controllers run further pods."""
    syncs: frozenset[str]


def _syncs(tree: ClusterTree) -> Iterator[str]:
    yield _FLUX
    for instance in tree.of_kind(FLUX_OPERATOR, "FluxInstance"):
        yield str(mapping(instance.spec.get("sync")).get("name") or instance.namespace)


def unfollowed(tree: ClusterTree) -> Unfollowed:
    """Return what may exist because Kustomizations could not be followed."""
    return tree.once(_unfollowed)


def _unfollowed(tree: ClusterTree) -> Unfollowed:
    namespaces: set[str] = set()
    without: list[Identity] = []
    blind = False
    installers = set(tree.provides.values())
    for unit in tree.units.values():
        if unit.complete or unit.identity in installers or _makes_nothing(tree, unit):
            continue
        own = _namespaces_of(unit)
        namespaces |= own
        blind = blind or not unit.objects
        if not own:
            without.append(unit.identity)
    declared = {each.identity.name for each in tree.of_kind("", "Namespace")}
    without += [each.identity for each in tree.unexpanded]
    targets = {_target(each) for each in tree.unexpanded}
    return Unfollowed(
        frozenset(namespaces | targets),
        tuple(without),
        frozenset(word for each in without for word in _words(each.name)),
        blind or bool(tree.unexpanded),
        frozenset({_FLUX, *declared, *tree.knowledge.namespaces}),
        not all(map(known, targets)),
    )


def _target(applications: Subject) -> str:
    """Return the namespace of a set's Applications, '' if it has none."""
    namespace = value_at(applications.spec, "template.spec.destination.namespace")
    return str(namespace or "").replace("{{", "${")


def _makes_nothing(tree: ClusterTree, unit: Unit) -> bool:
    """Return True if a unit's source does not exist, or only has CRDs."""
    if unit.identity.group != KUSTOMIZE or unit.objects:
        return False
    reference = source_reference(unit.subject)
    if reference.kind in _SOURCES and known(reference.name) and not tree.exists(*reference):
        return True
    return repository_of(source_address(tree, unit.subject)) in tree.knowledge.repositories


def _namespaces_of(unit: Unit) -> set[str]:
    """Return the namespaces of a unit's objects: its target, those known, or its own."""
    spec = unit.subject.spec
    target = spec.get("targetNamespace") or mapping(spec.get("destination")).get("namespace")
    found = {each.namespace for each in unit.objects if each.namespace}
    if target:
        found.add(str(target))
    own = unit.identity.namespace
    if not found and unit.identity.group == KUSTOMIZE and own != _FLUX:
        found.add(own)
    return found


def _words(name: str) -> Iterator[str]:
    least = 3
    for word in name.split("-"):
        if len(word) >= least and word not in _GENERIC and not word.isdigit():
            yield word


def foreign(tree: ClusterTree, namespace: str, name: str = "") -> bool:
    """Return True if a Kustomization that was not followed may create an object."""
    about = unfollowed(tree)
    if about.everywhere or namespace in about.namespaces:
        return True
    if not about.open:
        return False
    if namespace and namespace not in about.declared:
        return True
    return not about.words.isdisjoint((*_words(name), *_words(namespace)))


def is_alone(tree: ClusterTree, unit: Unit, namespace: str) -> bool:
    """Return True if nothing but one unit that was not followed may fill a namespace."""
    if tree.unexpanded or unit.identity.group != KUSTOMIZE or not known(namespace):
        return False
    others = (each for each in tree.units.values() if each is not unit and not each.complete)
    if any(namespace in (own := _namespaces_of(each)) or not own for each in others):
        return False
    if not tree.exists("", "Namespace", "", namespace):
        return False
    return all(target_namespace(each) != namespace for each in tree.of_kind(HELM, "HelmRelease"))


def is_hosted(tree: ClusterTree) -> bool:
    """Return True if a platform runs Flux, and makes the source with which the tree begins.

    It has more objects, which the tree does not show.
    """
    return tree.once(_is_hosted)


def _is_hosted(tree: ClusterTree) -> bool:
    sources = {
        source_reference(each.subject)
        for each in tree.units.values()
        if each.identity.group == KUSTOMIZE and each.parent is None
    }
    return any(
        each.kind in _SOURCES and each not in tree.by_identity and each.name not in _syncs(tree)
        for each in sources
    )


def is_whole(tree: ClusterTree) -> bool:
    """Return True if every input of the tree was read, but for known sources of CRDs."""
    units = tree.units.values()
    if is_hosted(tree) or not is_closed(tree):
        return False
    return all(each.complete or _makes_nothing(tree, each) for each in units)


def doubt(tree: ClusterTree, namespace: str = "") -> Severity | None:
    """Return a warning if what was not read could have made anything, else None.

    That is so if a folder that is applied from outside could not be read completely, if Argo CD
    applies more, perhaps to another cluster, or if a Kustomization that was not followed may
    create objects in any namespace. What makes a namespace that the tree only uses may have made
    more in it.
    """
    return Severity.WARNING if is_of_others(tree, namespace) else tree.once(_doubt)


def _doubt(tree: ClusterTree) -> Severity | None:
    units = tree.units.values()
    is_partial = not is_closed(tree) and all(each.complete for each in units)
    by_argo = not is_whole(tree) and any(each.identity.group == ARGO for each in units)
    anywhere = bool(unfollowed(tree).open)
    is_doubtful = is_partial or by_argo or anywhere or is_hosted(tree)
    return Severity.WARNING if is_doubtful else None


def _has_source(tree: ClusterTree, release: Subject) -> bool:
    """Return False for a release whose source does not exist: it installs nothing."""
    spec = release.spec
    named = mapping(value_at(spec, "chart.spec.sourceRef")) or mapping(spec.get("chartRef"))
    space = str(named.get("namespace") or release.namespace)
    source = Identity(SOURCE, str(named.get("kind", "")), space, str(named.get("name", "")))
    if source.kind not in _SOURCES or not known(source.name) or tree.exists(*source):
        return True
    return source.name == _FLUX or foreign(tree, space, source.name)


def _stems(tree: ClusterTree, release: Subject) -> tuple[str, ...]:
    spec = release.spec
    chart = value_at(spec, "chart.spec.chart")
    names = (spec.get("releaseName"), release.identity.name, chart)
    use = chart_of(tree, release)
    known_stems = use.known.stems if use is not None and use.known is not None else ()
    return (*(str(each).rpartition("/")[2] for each in names if each), *known_stems)


def _release(tree: ClusterTree, release: Subject) -> tuple[tuple[str, ...], bool, str]:
    texts, complete = [json.dumps(mapping(release.spec.get("values")))], True
    for each in map(mapping, sequence(release.spec.get("valuesFrom"))):
        # Secrets of values hold passwords, not objects.
        if each.get("kind") == "ConfigMap":
            found = tree.get("", "ConfigMap", release.namespace, str(each.get("name")))
            complete = complete and found is not None
            texts.append(json.dumps(found.manifest.get("data")) if found else "")
    return _stems(tree, release), not complete, "".join(texts)


def _build(tree: ClusterTree) -> Unseen:
    namespaces = set(unfollowed(tree).namespaces)
    kinds = composites(tree)
    composed: dict[str, list[Composed]] = {}
    operated: dict[str, set[str]] = {}
    unlabelled: dict[str, set[str]] = {}
    for subject in tree.subjects:
        group, kind, namespace, name = subject.identity
        if (group, kind) in kinds:
            objects = composed_of(tree, subject)
            if objects is None:
                namespaces.add(namespace)
            else:
                composed.setdefault(namespace, []).append(objects)
        elif (group, kind) == (FLUX_OPERATOR, "ResourceSet"):
            namespaces.add(namespace)
        elif (group, kind) == (ARGO, "Application"):
            if subject.identity not in tree.charts.rendered:
                _add_application(subject, namespaces)
        elif tree.knowledge.kind(group, kind).installs:
            namespaces.add(str(subject.spec.get("targetNamespace") or namespace))
        elif tree.knowledge.is_operated(group, kind) or subject.spec.get("workloadRef"):
            parts = tree.knowledge.operands.get((group, kind), ("{name}",))
            names = operated.setdefault(namespace, set())
            names |= {each.replace("{name}", name) for each in parts}
            if (group, kind) not in tree.knowledge.labelled_operands:
                unlabelled.setdefault(namespace, set()).update(names)
    installed = [each for each in tree.hidden_releases if _has_source(tree, each)]
    releases = [_release(tree, each) for each in installed]
    return Unseen(
        frozenset(namespaces),
        {each: tuple(sorted(names)) for each, names in operated.items()},
        {each: tuple(sorted(names)) for each, names in unlabelled.items()},
        {each: tuple(several) for each, several in composed.items()},
        frozenset(stem for stems, _, _ in releases for stem in stems),
        "\n".join(values for _, _, values in releases),
        any(open_values for _, open_values, _ in releases),
        frozenset(map(target_namespace, installed)),
        frozenset(
            map(
                target_namespace,
                filter(partial(_runs_pods, tree), tree.of_kind(HELM, "HelmRelease")),
            )
        ),
        frozenset(_syncs(tree)),
    )


def _runs_pods(tree: ClusterTree, release: Subject) -> bool:
    chart = chart_of(tree, release)
    return chart is not None and chart.known is not None and chart.known.runs_pods


def _add_application(subject: Subject, namespaces: set[str]) -> None:
    spec = subject.spec
    sources = [mapping(spec.get("source")), *map(mapping, sequence(spec.get("sources")))]
    if any(each.get("chart") for each in sources):
        namespaces.add(str(mapping(spec.get("destination")).get("namespace") or ""))


def unseen(tree: ClusterTree) -> Unseen:
    """Return the objects that may exist in a cluster beside those of the tree."""
    return tree.once(_build)


def has_charts(tree: ClusterTree, namespace: str) -> bool:
    """Return True if a release creates objects in a namespace that are not known here."""
    return namespace in unseen(tree).charts


def hidden(tree: ClusterTree, namespace: str) -> bool:
    """Return True if a namespace may hold objects of any name."""
    about = tree.knowledge.namespace(namespace)
    if has_charts(tree, namespace) or (about is not None and about.open):
        return True
    return composed(tree, namespace) or not known(namespace) or foreign(tree, namespace)


def composed(tree: ClusterTree, namespace: str, name: str = "") -> bool:
    """Return True if something other than charts may create any object in a namespace.

    With a name, that of a composite counts too, and what its Composition may make.
    """
    about = unseen(tree)
    if namespace in about.namespaces:
        return True
    return bool(name) and any(each.may_be(name) for each in about.composites.get(namespace, ()))


def may_exist(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Return True if an unknown creator may create an object of this name."""
    if hidden(tree, namespace) or not known(name) or foreign(tree, namespace, name):
        return True
    if composed(tree, namespace, name):
        return True
    return _is_operand(name, unseen(tree).operated.get(namespace, ()))


def _is_operand(name: str, parts: Sequence[str]) -> bool:
    """Return True if a name has one of the parts; `^` and `$` in a part are its ends."""
    whole = f"^{name}$"
    return any(each in whole for each in parts)


def is_merely_open(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Return True if only the cluster itself may have an object, in a namespace of its own."""
    about = tree.knowledge.namespace(namespace)
    if about is None or not about.open or not known(namespace) or not known(name):
        return False
    if has_charts(tree, namespace) or composed(tree, namespace, name):
        return False
    others = unseen(tree).operated.get(namespace, ())
    return not foreign(tree, namespace, name) and not _is_operand(name, others)


def pods_hidden(tree: ClusterTree, namespace: str) -> bool:
    """Return True if unknown pods may run in a namespace."""
    about = unseen(tree)
    if hidden(tree, namespace) or namespace in about.composites:
        return True
    return namespace in about.operated or namespace in about.operators


_INSTANCE = ("app.kubernetes.io/instance", "release")


def pods_known(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> bool:
    """Return True if every pod that a selector means is known.

    So it is where no unknown pods run, and where the selector names an instance: pods of operators
    and Compositions have the names of their objects there, or none.
    """
    return _are_known(tree, namespace, selector, unseen(tree).operated)


def labels_known(tree: ClusterTree, namespace: str, selector: Mapping[str, Any]) -> bool:
    """Return True if the labels of every pod that a selector means are known.

    `link/operated_pod.py` has those of which no more is known.
    """
    return _are_known(tree, namespace, selector, unseen(tree).unlabelled)


def _are_known(
    tree: ClusterTree,
    namespace: str,
    selector: Mapping[str, Any],
    operated: Mapping[str, tuple[str, ...]],
) -> bool:
    about = unseen(tree)
    is_hidden = hidden(tree, namespace)
    if not is_hidden and not any(
        namespace in each for each in (about.composites, operated, about.operators)
    ):
        return True
    labels = mapping(selector.get("matchLabels"))
    instance = next((str(labels[each]) for each in _INSTANCE if each in labels), "")
    if is_hidden or not instance or "${" in instance:
        return False
    if instance in tree.once(_instances).get(namespace, ()):
        return instance not in operated.get(namespace, ())
    if namespace in about.operators or composed(tree, namespace, instance):
        return False
    return not _is_operand(instance, operated.get(namespace, ()))


def _instances(tree: ClusterTree) -> Mapping[str, set[str]]:
    """Return the instances that rendered releases are, by namespace."""
    found: dict[str, set[str]] = {}
    for each in tree.workloads:
        if each.chart is not None:
            labels = mapping(value_at(each.manifest, "spec.template.metadata.labels"))
            names = {str(labels[key]) for key in _INSTANCE if key in labels}
            found.setdefault(each.namespace, set()).update(names)
    return found


def dynamic(tree: ClusterTree, selector: Mapping[str, Any]) -> bool:
    """Return True if a selector has labels that only running pods have, or that are filled in."""
    prefixes = tree.knowledge.run_time_labels
    keys = selector_keys(selector)
    return "${" in str(selector) or any(each.startswith(prefixes) for each in keys)


def charted(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Return True if a release has this in its values, or may derive it from its own name."""
    about = unseen(tree)
    if about.open_values or name in about.values or foreign(tree, namespace, name):
        return True
    return any(name[:end] in about.stems for end in range(1, len(name) + 1))


def delivered(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Return True if the delivery, or a remote base, may create an object that no chart creates."""
    return name in unseen(tree).syncs or foreign(tree, namespace, name)


def charts_anywhere(tree: ClusterTree, name: str) -> bool:
    """Return True if an unknown creator may create a cluster-wide object."""
    return bool(unseen(tree).stems) or foreign(tree, "", name)
