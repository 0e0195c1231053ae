"""Objects that may exist outside the tree: created by charts, operators and remote bases.

No rule may report a problem that depends on them. `unfollowed.py` has the inputs that were not
read, `unseen_pod.py` the pods.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import ARGO, FLUX_OPERATOR, HELM, SOURCE
from kubestrata.rules.defined_kind import composites
from kubestrata.rules.field import known, value_at
from kubestrata.rules.link.composition import Composed, composed_of
from kubestrata.rules.link.unfollowed import (
    FLUX_NAMESPACE,
    flux_syncs,
    foreign,
    is_source,
    unfollowed,
)
from kubestrata.rules.release import chart_of
from kubestrata.rules.selector import selector_keys
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace


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


def _has_source(tree: ClusterTree, release: Subject) -> bool:
    """Return False for a release whose source does not exist: it installs nothing."""
    spec = release.spec
    named = mapping(value_at(spec, "chart.spec.sourceRef")) or mapping(spec.get("chartRef"))
    space = str(named.get("namespace") or release.namespace)
    source = Identity(SOURCE, str(named.get("kind", "")), space, str(named.get("name", "")))
    if not is_source(tree, source) or not known(source.name) or tree.exists(*source):
        return True
    return source.name == FLUX_NAMESPACE or foreign(tree, space, source.name)


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
        frozenset(flux_syncs(tree)),
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
    return is_operand(name, unseen(tree).operated.get(namespace, ()))


def is_operand(name: str, parts: Sequence[str]) -> bool:
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
    return not foreign(tree, namespace, name) and not is_operand(name, others)


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
