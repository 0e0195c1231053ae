"""Objects that may exist outside the tree: created by charts, operators and remote bases.

No rule may report a problem that depends on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import ARGO, HELM
from kubestrata.rules.field import known, value_at
from kubestrata.rules.selector import selector_keys
from kubestrata.rules.subject import ClusterTree, Subject


@dataclass(frozen=True)
class Unseen:
    """Namespaces with objects of any name, and the names that operators derive."""

    namespaces: frozenset[str]
    operated: Mapping[str, tuple[str, ...]]
    stems: frozenset[str]
    """Prefixes of the names of releases' objects."""
    values: str
    """The values of all releases, as one text."""
    open_values: bool
    """True if a release has values that are not known."""
    anywhere: bool
    everywhere: bool
    """True if unknown Applications may create objects in every namespace."""
    syncs: frozenset[str]


def _syncs(tree: ClusterTree) -> Iterator[str]:
    yield "flux-system"
    for instance in tree.of_kind("fluxcd.controlplane.io", "FluxInstance"):
        yield str(mapping(instance.spec.get("sync")).get("name") or instance.namespace)


def _remote(tree: ClusterTree) -> tuple[frozenset[str], bool]:
    namespaces: set[str] = set()
    anywhere = False
    installers = set(tree.provides.values())
    for unit in tree.units.values():
        if unit.complete or unit.identity in installers:
            continue
        own = {each.namespace for each in unit.objects if each.namespace}
        spec = unit.subject.spec
        destination = mapping(spec.get("destination")).get("namespace")
        target = str(spec.get("targetNamespace") or destination or "")
        namespaces |= own | ({target} if target else set())
        anywhere = anywhere or not (own or target)
    return frozenset(namespaces), anywhere


def _composed(tree: ClusterTree) -> frozenset[tuple[str, str]]:
    definitions = tree.of_kind("apiextensions.crossplane.io", "CompositeResourceDefinition")
    return frozenset(
        (str(each.spec.get("group")), str(mapping(each.spec.get(names)).get("kind")))
        for each in definitions
        for names in ("names", "claimNames")
    )


def _stems(release: Subject) -> tuple[str, ...]:
    spec = release.spec
    chart = value_at(spec, "chart.spec.chart")
    names = (spec.get("releaseName"), release.identity.name, chart)
    return tuple(str(each).rpartition("/")[2] for each in names if each)


def _release(tree: ClusterTree, release: Subject) -> tuple[tuple[str, ...], bool, str]:
    texts, complete = [json.dumps(mapping(release.spec.get("values")))], True
    for each in map(mapping, sequence(release.spec.get("valuesFrom"))):
        # Secrets of values hold passwords, not objects.
        if each.get("kind") == "ConfigMap":
            found = tree.get("", "ConfigMap", release.namespace, str(each.get("name")))
            complete = complete and found is not None
            texts.append(json.dumps(found.manifest.get("data")) if found else "")
    return _stems(release), not complete, "".join(texts)


def _build(tree: ClusterTree) -> Unseen:
    remote, anywhere = _remote(tree)
    namespaces = set(remote)
    targets = {_target(each) for each in tree.unexpanded}
    namespaces |= targets
    composed = _composed(tree)
    operated: dict[str, set[str]] = {}
    for subject in tree.subjects:
        group, kind, namespace, name = subject.identity
        if (group, kind) in composed or (group, kind) == ("fluxcd.controlplane.io", "ResourceSet"):
            namespaces.add(namespace)
        elif (group, kind) == (ARGO, "Application"):
            _add_application(subject, namespaces)
        elif tree.knowledge.is_operated(group, kind):
            parts = tree.knowledge.operands.get((group, kind), ("{name}",))
            names = operated.setdefault(namespace, set())
            names |= {each.replace("{name}", name) for each in parts}
    releases = [_release(tree, each) for each in tree.of_kind(HELM, "HelmRelease")]
    return Unseen(
        frozenset(namespaces),
        {each: tuple(sorted(names)) for each, names in operated.items()},
        frozenset(stem for stems, _, _ in releases for stem in stems),
        "\n".join(values for _, _, values in releases),
        any(open_values for _, open_values, _ in releases),
        anywhere or bool(targets),
        not all(map(known, targets)),
        frozenset(_syncs(tree)),
    )


def _target(applications: Subject) -> str:
    """Return the namespace of a set's Applications, '' if it has none."""
    namespace = value_at(applications.spec, "template.spec.destination.namespace")
    return str(namespace or "").replace("{{", "${")


def _add_application(subject: Subject, namespaces: set[str]) -> None:
    spec = subject.spec
    sources = [mapping(spec.get("source")), *map(mapping, sequence(spec.get("sources")))]
    if any(each.get("chart") for each in sources):
        namespaces.add(str(mapping(spec.get("destination")).get("namespace") or ""))


def unseen(tree: ClusterTree) -> Unseen:
    """Return the objects that may exist in a cluster beside those of the tree."""
    return tree.once(_build)


def hidden(tree: ClusterTree, namespace: str) -> bool:
    """Return True if a namespace may hold objects of any name."""
    about = tree.knowledge.namespaces.get(namespace)
    if tree.has_charts(namespace) or (about is not None and about.open):
        return True
    return composed(tree, namespace) or not known(namespace)


def composed(tree: ClusterTree, namespace: str) -> bool:
    """Return True if something other than charts creates objects of any kind in a namespace."""
    about = unseen(tree)
    return about.everywhere or namespace in about.namespaces


def may_exist(tree: ClusterTree, namespace: str, name: str) -> bool:
    """Return True if an unknown creator may create an object of this name."""
    if hidden(tree, namespace) or not known(name):
        return True
    return any(each in name for each in unseen(tree).operated.get(namespace, ()))


def pods_hidden(tree: ClusterTree, namespace: str) -> bool:
    """Return True if unknown pods may run in a namespace."""
    return hidden(tree, namespace) or namespace in unseen(tree).operated


def dynamic(tree: ClusterTree, selector: Mapping[str, Any]) -> bool:
    """Return True if a selector has labels that only running pods have, or that are filled in."""
    prefixes = tree.knowledge.run_time_labels
    keys = selector_keys(selector)
    return "${" in str(selector) or any(each.startswith(prefixes) for each in keys)


def charted(tree: ClusterTree, name: str) -> bool:
    """Return True if a release has this in its values, or may derive it from its own name."""
    about = unseen(tree)
    if about.anywhere or about.open_values or name in about.values:
        return True
    return any(name[:end] in about.stems for end in range(1, len(name) + 1))


def delivered(tree: ClusterTree, name: str) -> bool:
    """Return True if the delivery, or a remote base, may create an object that no chart creates."""
    return unseen(tree).anywhere or name in unseen(tree).syncs


def charts_anywhere(tree: ClusterTree) -> bool:
    """Return True if an unknown creator may create cluster-wide objects."""
    return bool(unseen(tree).stems) or unseen(tree).anywhere
