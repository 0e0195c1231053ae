"""G05: the CRD of every custom resource is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import matches_group
from kubestrata.rules.api_group import ARGO, HELM, OLM, RBAC
from kubestrata.rules.defined_kind import composites
from kubestrata.rules.link.unfollowed import is_whole, unfollowed
from kubestrata.rules.provider import CRD, custom
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import selects
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_GENERIC = frozenset({"chart", "charts", "crds", "helm", "operator"})
"""Parts of names that tell no project."""
_PLURAL = "customresourcedefinitions"


def _check(tree: ClusterTree) -> Iterator[Finding]:
    needed: dict[str, list[Subject]] = {}
    there = tree.given_groups | {group for group, _ in composites(tree)}
    for subject in custom(tree):
        group = subject.identity.group
        given = group in there or tree.knowledge.group(group).bootstrap == "always"
        if not given and (group not in tree.provides or group in tree.once(_left_out)):
            needed.setdefault(group, []).append(subject)
    for group, subjects in needed.items():
        if group in tree.once(_left_out) or not _may_be_installed(tree, group):
            message = f"nothing installs the CRDs of {group}"
            if group in tree.provides:
                message = f"{tree.provides[group]} does not install the CRDs of {group}"
            if len(subjects) > 1:
                message += f"; {len(subjects)} objects need them"
            is_certain = _is_certain(tree) and not _is_installed_aside(tree, group)
            severity = None if is_certain else Severity.WARNING
            yield subjects[0].finding("apiVersion", message, _fix(tree, group), severity)


def _left_out(tree: ClusterTree) -> frozenset[str]:
    """Return the groups whose CRDs a rendered release should install, and does not make."""
    makers = set(_makers(tree))
    made = {str(each.spec.get("group")) for each in tree.definitions}
    return frozenset(
        group
        for group, by in tree.provides.items()
        if by in tree.charts.rendered and by not in makers and group not in made
    )


def _may_be_installed(tree: ClusterTree, group: str) -> bool:
    """Return True if a chart or a base whose contents are not known may install a group's CRDs."""
    opaque = tree.once(_opaque)
    if _is_of_platform(tree, group):
        return True
    if group not in tree.knowledge.installable:
        hidden = any(each.hides for each in tree.unchecked)
        return bool(opaque) or hidden or bool(tree.of_kind(OLM, "Subscription"))
    names = {*tree.knowledge.installers(group), *_repositories(tree, group)}
    others = [*opaque, *(each.what.lower() for each in tree.unchecked)]
    others += [each.name for each in unfollowed(tree).open]
    others += tree.once(_elsewhere)
    if any(name in other for name in names for other in others):
        return True
    about = {*_words(group), *(word for name in names for word in _words(name))}
    return any("crd" in each and not about.isdisjoint(_words(each)) for each in opaque)


def _words(name: str) -> Iterator[str]:
    """Yield the parts of a name that tell a project."""
    shortest = 4
    parts = re.split(r"[^a-z0-9]+", name.lower())
    yield from (each for each in parts if len(each) >= shortest and each not in _GENERIC)


def _is_of_platform(tree: ClusterTree, group: str) -> bool:
    """Return True if packages, a distribution or its charts may install a group's CRDs."""
    if tree.of_kind("pkg.crossplane.io", "Configuration", "Provider"):
        packaged = group.endswith((".upbound.io", ".crossplane.io"))
        if packaged or group not in tree.knowledge.installable:
            return True
    groups = {each.identity.group for each in tree.subjects}
    with_platform = tree.knowledge.group(group).comes_with
    if any(matches_group(own, each) for own in with_platform for each in groups):
        return True
    charts = [str(each.spec.get("chart")) for each in tree.of_kind("helm.cattle.io", "HelmChart")]
    return any(name in each for name in tree.knowledge.installers(group) for each in charts)


def _repositories(tree: ClusterTree, group: str) -> Iterator[str]:
    for name, groups in tree.knowledge.repositories.items():
        if group in groups:
            yield name.lower()


def _elsewhere(tree: ClusterTree) -> list[str]:
    """Return the repositories and charts of Applications whose contents are not known."""
    unread = {each.what for each in tree.unchecked}
    return [
        f"{source.get('repoURL')} {source.get('chart', '')}".lower()
        for each in tree.of_kind(ARGO, "Application")
        if str(each.identity) in unread
        for source in map(mapping, (each.spec.get("source"), *sequence(each.spec.get("sources"))))
    ]


def _opaque(tree: ClusterTree) -> list[str]:
    """Return the names of the releases that may make CRDs unseen, and of their charts.

    Those are the ones with a chart that is neither known nor rendered, or whose program may create
    CRDs.
    """
    found: list[str] = []
    makers = set(_makers(tree))
    for release in tree.of_kind(HELM, "HelmRelease"):
        if release.identity in tree.charts.rendered and release.identity not in makers:
            continue
        chart = chart_of(tree, release)
        if chart is None:
            found.append(release.identity.name)
        elif chart.known is None:
            found += [release.identity.name, chart.name]
    return found


def _makers(tree: ClusterTree) -> Iterator[Identity]:
    """Yield the rendered releases whose programs have the permission to create CRDs."""
    for binding in tree.of_kind(RBAC, "ClusterRoleBinding"):
        name = str(mapping(binding.manifest.get("roleRef")).get("name"))
        role = tree.get(RBAC, "ClusterRole", "", name)
        rules = list(_rules(tree, role)) if role is not None else ()
        if binding.chart is not None and (role is None or any(map(_creates_crds, rules))):
            yield binding.chart.release


def _rules(tree: ClusterTree, role: Subject) -> Iterator[object]:
    """Yield the rules of a role, with those that are aggregated into it."""
    yield from sequence(role.manifest.get("rules"))
    selectors = mapping(role.manifest.get("aggregationRule")).get("clusterRoleSelectors")
    for selector in map(mapping, sequence(selectors)):
        for each in tree.of_kind(RBAC, "ClusterRole"):
            if each is not role and selects(selector, each.labels):
                yield from sequence(each.manifest.get("rules"))


def _creates_crds(rule: object) -> bool:
    found = mapping(rule)
    wanted = (("apiGroups", CRD[0]), ("resources", _PLURAL), ("verbs", "create"))
    return all(any(each in ("*", one) for each in sequence(found.get(key))) for key, one in wanted)


def _is_certain(tree: ClusterTree) -> bool:
    """Return True if the tree has every object that the cluster gets, definitions included.

    A tree without a definition or an installer of such is delivered to a cluster that has some.
    """
    charts = [chart_of(tree, each) for each in tree.of_kind(HELM, "HelmRelease")]
    installs = any(each is not None and each.known is not None for each in charts)
    if not (installs or tree.provides):
        return False
    has_local = any(each is not None and each.local for each in charts)
    lacks_files = any(each.problem == "missing" for each in tree.listed)
    return is_whole(tree) and not has_local and not lacks_files


def _is_installed_aside(tree: ClusterTree, group: str) -> bool:
    """Return True if the repository has an installer that no cluster applies."""
    return any(
        (kind == CRD[1] and name.endswith(f".{group}"))
        or (one, kind) == (HELM, "HelmRelease")
        or tree.knowledge.kind(one, kind).installs
        for one, kind, name in tree.unapplied
    )


def _fix(tree: ClusterTree, group: str) -> str:
    for release in tree.of_kind(HELM, "HelmRelease"):
        chart = chart_of(tree, release)
        known = chart.known if chart is not None else None
        if known is not None and group in known.crds:
            if known.switches:
                return f"set {known.switches[-1]} in the values of {release.identity.name}"
            return f"let {release.identity.name} install the CRDs of its chart"
    charts = tree.knowledge.installers(group)
    return f"add the chart {' or '.join(charts[:3])}" if charts else "add their CRDs"


RULES = (
    Rule(
        "G05",
        "the CRD of every custom resource is installed",
        "the API server does not know the kind, and the Kustomization fails",
        _check,
    ),
)
