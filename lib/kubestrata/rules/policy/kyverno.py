"""P87: Kyverno's policies select objects of the tree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.knowledge import matches_group
from kubestrata.rules.link.unfollowed import unfollowed
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import NAMESPACE_NAME, selects
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of

_KYVERNO = "kyverno.io"
_FILTER = re.compile(r"\[([^\]]*)\]")
_VERSION = re.compile(r"\*|v[0-9]+((alpha|beta)[0-9]+)?")
_UNKNOWN = ("subjects", "roles", "clusterRoles")
"""Conditions on who sends a request, which a tree does not tell."""


class _Candidate(Frozen):
    """An object that policies may select: of the tree, or a pod of one of its workloads."""

    group: str
    kind: str
    namespace: str
    name: str
    labels: Mapping[str, Any]
    annotations: Mapping[str, Any]
    images: tuple[str, ...] = ()


def _check(tree: ClusterTree) -> Iterator[Finding]:
    # What is not known may be what a policy is for.
    if unfollowed(tree).blind or tree.hidden_releases:
        return
    for policy in tree.of_kind(_KYVERNO, "ClusterPolicy", "Policy"):
        for index, rule in enumerate(map(mapping, sequence(policy.spec.get("rules")))):
            yield from _rule(tree, policy, f"spec.rules[{index}]", rule)


def _rule(
    tree: ClusterTree, policy: Subject, at: str, rule: Mapping[str, Any]
) -> Iterator[Finding]:
    match, exclude = mapping(rule.get("match")), mapping(rule.get("exclude"))
    if _is_unknown(match) or _is_unknown(exclude) or "${" in str((match, exclude)):
        return
    kinds = _kinds(match)
    matched = [
        each
        for each in tree.once(_candidates)
        if (kinds is None or each.kind in kinds) and _selects(tree, match, each, policy)
    ]
    if not matched and (missing := _missing_namespaces(tree, match)):
        said = f"rule {rule.get('name')} is for namespaces that do not exist: {', '.join(missing)}"
        yield policy.finding(f"{at}.match", said, "correct or remove the rule")
        return
    said = f"rule {rule.get('name')} matches {_counted(matched)} of the tree"
    images = [
        str(image)
        for each in map(mapping, sequence(rule.get("verifyImages")))
        for image in sequence(each.get("imageReferences"))
    ]
    steps: tuple[tuple[str, str, Callable[[_Candidate], bool]], ...] = (
        ("exclude", "and excludes all of them", lambda one: _excludes(tree, exclude, one, policy)),
        ("match", "and Kyverno's own filters leave all of them out", tree.once(_filtered)),
        ("verifyImages", "none of which has such an image", lambda one: _lacks(images, one)),
    )
    for field, why, leaves_out in steps:
        left = [each for each in matched if not leaves_out(each)]
        if matched and not left:
            yield policy.finding(f"{at}.{field}", f"{said}, {why}", "correct or remove the rule")
            return
        matched = left


def _kinds(match: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the kinds that a rule may match, None if it has no condition or a pattern for them."""
    found: set[str] = set()
    for each in _filters(match):
        wanted = [str(one) for one in sequence(mapping(each.get("resources")).get("kinds"))]
        if not wanted or any(set(one) & {"*", "?"} for one in wanted):
            return None
        found.update(part for one in wanted for part in re.split("[/.]", one))
    return frozenset(found)


def _missing_namespaces(tree: ClusterTree, match: Mapping[str, Any]) -> list[str]:
    """Return the namespaces of a rule if none of them exists; none if one may."""
    found: list[str] = []
    for each in _filters(match):
        named = [str(one) for one in sequence(mapping(each.get("resources")).get("namespaces"))]
        if not named or any(_may_exist(tree, one) for one in named):
            return []
        found += named
    return found


def _may_exist(tree: ClusterTree, namespace: str) -> bool:
    is_pattern = not {"*", "?", "{", "$"}.isdisjoint(namespace)
    if is_pattern or tree.exists("", "Namespace", "", namespace):
        return True
    return tree.knowledge.namespace(namespace) is not None


def _counted(matched: Sequence[_Candidate]) -> str:
    return f"{len(matched)} objects" if len(matched) > 1 else "one object"


def _excludes(
    tree: ClusterTree, exclude: Mapping[str, Any], each: _Candidate, policy: Subject
) -> bool:
    return bool(exclude) and _selects(tree, exclude, each, policy)


def _lacks(wanted: Sequence[str], each: _Candidate) -> bool:
    """Return True if a pod has none of the images that a rule verifies."""
    return bool(wanted) and not any(_like(image, wanted) for image in each.images)


def _filtered(tree: ClusterTree) -> Callable[[_Candidate], bool]:
    """Return the test for objects that the settings of Kyverno itself leave out."""
    filters: list[tuple[str, ...]] = []
    selectors: list[Mapping[str, Any]] = []
    for settings in tree.of_kind("", "ConfigMap"):
        data = mapping(settings.manifest.get("data"))
        if "resourceFilters" in data:
            found = _FILTER.findall(str(data["resourceFilters"]))
            filters += (tuple(map(str.strip, each.split(","))) for each in found)
            selectors += _webhook_selectors(str(data.get("webhooks", "")))

    @cache
    def of_kind(group: str, kind: str) -> list[tuple[str, ...]]:
        return [each for each in filters if _is_kind(each[0], group, kind)]

    def leaves_out(each: _Candidate) -> bool:
        labels = {NAMESPACE_NAME: each.namespace}
        if each.namespace and not all(selects(one, labels) for one in selectors):
            return True
        return any(_is_filtered(one, each) for one in of_kind(each.group, each.kind))

    return leaves_out


def _webhook_selectors(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        found: object = json.loads(text) if text else {}
    except ValueError:
        return
    for each in map(mapping, sequence(found) or [found]):
        if each.get("namespaceSelector"):
            yield mapping(each["namespaceSelector"])


def _is_filtered(wanted: tuple[str, ...], each: _Candidate) -> bool:
    """Return True for an object of the kind of a filter `[kind,namespace,name]` in all of it.

    A missing part is any.
    """
    _, namespace, name = (*wanted, "*", "*")[:3]
    if not each.namespace and namespace not in ("*", ""):
        return False
    return fnmatchcase(each.namespace, namespace or "*") and fnmatchcase(each.name, name or "*")


def _candidates(tree: ClusterTree) -> Sequence[_Candidate]:
    found = [
        _Candidate(
            each.identity.group,
            each.identity.kind,
            each.namespace,
            each.identity.name,
            each.labels,
            each.annotations,
        )
        for each in tree.subjects
    ]
    for pod in pods_of(tree):
        if pod.workload.identity.kind != "Pod":
            name = pod.workload.identity.name
            images = tuple(str(each.body.get("image")) for each in pod.containers)
            found.append(_Candidate("", "Pod", pod.namespace, name, pod.labels, {}, images))
    return [*found, *_bootstrapped(tree)]


def _bootstrapped(tree: ClusterTree) -> Iterator[_Candidate]:
    """Yield the pods of the projects that a bootstrap installs before the tree is delivered."""
    used = {(each.namespace, each.identity.group) for each in tree.subjects}
    for name, fact in tree.knowledge.namespaces.items():
        groups = [group for namespace, group in used if namespace == name]
        if any(matches_group(wanted, group) for wanted in fact.groups for group in groups):
            for image in fact.images:
                app = image.rpartition("/")[2]
                yield _Candidate("", "Pod", name, app, {"app": app}, {}, (f"{image}:v0.0.0",))


def _is_unknown(block: Mapping[str, Any]) -> bool:
    return any(each.get(key) for each in _filters(block) for key in _UNKNOWN)


def _filters(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = [*sequence(block.get("any")), *sequence(block.get("all"))]
    return [mapping(each) for each in listed] or [block]


def _selects(
    tree: ClusterTree, block: Mapping[str, Any], each: _Candidate, policy: Subject
) -> bool:
    if policy.namespace and each.namespace != policy.namespace:
        return False
    filters = [mapping(one.get("resources")) for one in _filters(block)]
    decide = all if block.get("all") else any
    return decide(_is(tree, wanted, each) for wanted in filters)


def _is(tree: ClusterTree, wanted: Mapping[str, Any], each: _Candidate) -> bool:
    kinds = [str(one) for one in sequence(wanted.get("kinds"))]
    if kinds and not any(_is_kind(one, each.group, each.kind) for one in kinds):
        return False
    names = [*sequence(wanted.get("names")), *([wanted["name"]] if wanted.get("name") else [])]
    if names and not _like(each.name, names):
        return False
    spaces = sequence(wanted.get("namespaces"))
    own = each.name if each.kind == "Namespace" else each.namespace
    if spaces and not _like(own, spaces):
        return False
    if "selector" in wanted and not selects(mapping(wanted["selector"]), each.labels):
        return False
    annotations = mapping(wanted.get("annotations"))
    if any(not _like(str(each.annotations.get(k, "")), [v]) for k, v in annotations.items()):
        return False
    if "namespaceSelector" not in wanted:
        return True
    namespace = tree.get("", "Namespace", "", each.namespace)
    labels: dict[str, Any] = {NAMESPACE_NAME: each.namespace}
    if namespace is not None:
        labels |= namespace.labels
    return selects(mapping(wanted["namespaceSelector"]), labels)


def _like(text: str, patterns: Sequence[Any]) -> bool:
    return any(fnmatchcase(text, str(each).replace("[", "[[]")) for each in patterns)


@lru_cache(maxsize=4096)
def _is_kind(wanted: str, group: str, kind: str) -> bool:
    """Return True for `Pod`, `v1/Pod`, `apps/v1/Deployment`, `*/*`; not for subresources.

    `Pod/exec`, `Pod.exec` and `v1/Pod/exec` select subresources, `Node/?*` all of them.
    """
    of_group, of_kind, subresource = _kind(wanted)
    return (
        fnmatchcase(kind, of_kind) and fnmatchcase(group, of_group) and fnmatchcase("", subresource)
    )


def _kind(wanted: str) -> tuple[str, str, str]:
    """Return the patterns of group, kind and subresource; source: Kyverno's ParseKindSelector."""
    if wanted == "*/*":
        return "*", "*", "*"
    parts = wanted.split("/")
    group = "*"
    if _VERSION.fullmatch(parts[0]):
        parts = parts[1:]
    elif len(parts) > 2:
        group, parts = parts[0], parts[2:]
    kind, _, subresource = "/".join(parts).replace(".", "/").partition("/")
    return group, kind, subresource


RULES = (
    Rule(
        "P87",
        "a rule of a Kyverno policy acts on some of the objects that it matches",
        "it checks nothing, and reports say that all is well",
        _check,
        Severity.WARNING,
        in_charts=Severity.WARNING,
    ),
)
