"""Secrets and ConfigMaps of all creators, with their keys as far as these are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from kubestrata.core.alike import Names
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.knowledge import KindName, Knowledge, Makes
from kubestrata.rules.api_group import EXTERNAL_SECRETS, HELM
from kubestrata.rules.field import known, mapping_at, value_at, values
from kubestrata.rules.link.unfollowed import FLUX_NAMESPACE, foreign
from kubestrata.rules.link.unseen import composed, has_charts, may_exist
from kubestrata.rules.release import chart_of
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace
from kubestrata.rules.workload.pod import pods_of

SECRET, CONFIG_MAP = "Secret", "ConfigMap"
Keys = frozenset[str] | None
"""The keys of a Secret or ConfigMap, None if they are not known."""
_One = tuple[Subject, str, str, str, Keys]
_SECRET_ARGUMENT = re.compile(r"^--[\w-]*secret[\w-]*[=\n]([a-z0-9][a-z0-9.-]*)$", re.MULTILINE)
"""An option of a program: `--secret-name=web-tls`, or its value as the next argument."""


_GENERATORS = "generators.external-secrets.io"
_PLAIN = re.compile(r"\^?[\w-]*\$?")


class Made(Frozen):
    """Secrets and ConfigMaps by kind, namespace and name, and those copied to any namespace."""

    at: Mapping[tuple[str, str, str], Keys]
    copied: frozenset[tuple[str, str]]
    names: Mapping[tuple[str, str], Names]
    makers: Mapping[tuple[str, str, str], tuple[Subject, ...]]
    """The object itself, or those from which a controller creates it."""

    def exists(self, tree: ClusterTree, kind: str, namespace: str, name: str) -> bool:
        """Return True if there is, or may be, such an object."""
        return (
            (kind, namespace, name) in self.at
            or (kind, name) in self.copied
            or name in tree.knowledge.kind("", kind).builtin
            or tree.exists("", kind, namespace, name)
            or _unseen(tree, namespace, name)
        )


def _unseen(tree: ClusterTree, namespace: str, name: str) -> bool:
    # The bootstrap of Flux creates no more than this; releases and remote bases may.
    if namespace == FLUX_NAMESPACE and not has_charts(tree, FLUX_NAMESPACE):
        is_open = composed(tree, FLUX_NAMESPACE, name) or foreign(tree, FLUX_NAMESPACE, name)
        return is_open or not known(name) or name == FLUX_NAMESPACE
    return may_exist(tree, namespace, name)


def _written(subject: Subject, *, is_copied: bool) -> _One:
    kind, manifest = subject.identity.kind, subject.manifest
    keys = {
        *mapping(manifest.get("data")),
        *mapping(manifest.get("stringData")),
        *mapping(manifest.get("binaryData")),
    }
    # An empty one is there for a controller to fill.
    filled = manifest.get("type") == "kubernetes.io/service-account-token" or not keys
    known_keys = None if filled or is_copied else frozenset(keys)
    return subject, kind, subject.namespace, subject.identity.name, known_keys


def _fetched(facts: Knowledge, subject: Subject) -> _One | None:
    spec = subject.spec
    target = mapping(spec.get("target"))
    if target.get("creationPolicy") == "None":
        return None
    template = mapping(target.get("template"))
    listed = frozenset(str(mapping(each).get("secretKey")) for each in sequence(spec.get("data")))
    generated = _generated(facts, spec)
    fetched = None if generated is None else listed | generated
    keys: Keys = fetched
    if template.get("templateFrom") or target.get("creationPolicy") == "Merge":
        keys = None
    elif template.get("data"):
        own = frozenset(mapping(template["data"]))
        if template.get("mergePolicy") != "Merge":
            keys = own
        else:
            keys = None if fetched is None else own | fetched
    kind = str(mapping(target.get("manifest")).get("kind") or SECRET)
    return subject, kind, subject.namespace, str(target.get("name") or subject.identity.name), keys


def _generated(facts: Knowledge, spec: Mapping[str, object]) -> Keys:
    """Return the keys of `dataFrom`, None if a store or another generator tells them."""
    keys: set[str] = set()
    for each in map(mapping, sequence(spec.get("dataFrom"))):
        generator = mapping_at(each, "sourceRef.generatorRef")
        made_by = facts.kind(_GENERATORS, str(generator.get("kind"))).generates
        if not made_by:
            return None
        named = list(made_by)
        for step in map(mapping, sequence(each.get("rewrite"))):
            rule = mapping(step.get("regexp"))
            if set(step) != {"regexp"} or not _is_plain(rule):
                return None
            pattern = re.compile(str(rule.get("source")))
            named = [pattern.sub(str(rule.get("target")), key) for key in named]
        keys.update(named)
    return frozenset(keys)


def _is_plain(rule: Mapping[str, object]) -> bool:
    """Return True if Go and Python read a pattern alike, and its replacement has no groups."""
    source, target = str(rule.get("source")), str(rule.get("target"))
    return _PLAIN.fullmatch(source) is not None and not {"$", "\\"} & set(target)


def _created(fact: Makes, subject: Subject) -> Iterator[_One]:
    """Yield the objects that a controller creates for one object."""
    named: Sequence[Any] = ()
    for path in fact.at:
        if named := [value for _, value in values(subject.manifest, path)]:
            break
    keys = _keys(fact, subject) if named or fact.names else None
    for value in named or fact.names:
        own = value if is_mapping(value) else {"name": value}
        name = str(own.get("name") or "").replace("{name}", subject.identity.name)
        kinds = (str(own["kind"]),) if "kind" in own else fact.kinds
        namespace = str(own.get("namespace") or subject.namespace)
        yield from ((subject, kind, namespace, name, keys) for kind in kinds if name)


def _keys(fact: Makes, subject: Subject) -> Keys:
    open_ended = any(value_at(subject.manifest, path) for path in fact.more_keys)
    if open_ended or not (fact.keys or fact.keys_at):
        return None
    at = (mapping_at(subject.manifest, path) for path in fact.keys_at)
    return frozenset(chain(fact.keys, *at))


def _owners(tree: ClusterTree, fact: Makes) -> Iterable[Subject]:
    if "*" in fact.of:
        return tree.subjects
    found = (each for kind in fact.of for each in tree.of_kind(*KindName.parse(kind)))
    if not fact.if_annotated:
        return found
    return (each for each in found if not each.annotations.keys().isdisjoint(fact.if_annotated))


def _all(tree: ClusterTree) -> Iterator[tuple[_One, bool]]:
    """Yield everything that is created, and whether it is in any namespace."""
    prefixes = tree.knowledge.copy_annotations
    for subject in tree.of_kind("", CONFIG_MAP, SECRET):
        is_copied = _is_copied(subject.annotations, prefixes)
        yield _written(subject, is_copied=is_copied), is_copied
    for subject in tree.of_kind(EXTERNAL_SECRETS, "ExternalSecret"):
        fetched = _fetched(tree.knowledge, subject)
        if fetched:
            path = "spec.target.template.metadata.annotations"
            yield fetched, _is_copied(mapping_at(subject.manifest, path), prefixes)
    for made_at_run_time in _named_in_arguments(tree):
        yield made_at_run_time, False
    for made_by_job in _of_charts(tree):
        yield made_by_job, False
    for fact in tree.knowledge.makes:
        for subject in _owners(tree, fact):
            for one in _created(fact, subject):
                at = fact.annotations_at
                annotations = mapping_at(subject.manifest, at) if at else {}
                yield one, fact.anywhere or _is_copied(annotations, prefixes)


def _of_charts(tree: ClusterTree) -> Iterator[_One]:
    """Yield the Secrets that Jobs of charts create."""
    for release in tree.of_kind(HELM, "HelmRelease"):
        use = chart_of(tree, release)
        if use is None or use.known is None:
            continue
        called = str(release.spec.get("releaseName") or release.identity.name)
        for name in use.known.secrets:
            text = name.replace("{name}", called)
            yield release, SECRET, target_namespace(release), text, None


def _named_in_arguments(tree: ClusterTree) -> Iterator[_One]:
    """Yield the Secrets that pods get the names of, which they may create.

    One that a pod may do without is made while the pod runs, perhaps by itself.
    """
    for pod in pods_of(tree):
        for volume in map(mapping, sequence(pod.spec.get("volumes"))):
            mounted = mapping(volume.get("secret"))
            if mounted.get("optional") is True and mounted.get("secretName"):
                yield pod.workload, SECRET, pod.namespace, str(mounted["secretName"]), None
        for container in pod.containers:
            for field in ("command", "args"):
                words = [str(each) for each in sequence(container.body.get(field))]
                for name in _SECRET_ARGUMENT.findall("\n".join(words)):
                    yield pod.workload, SECRET, pod.namespace, name, None


def _is_copied(annotations: Mapping[str, object], prefixes: tuple[str, ...]) -> bool:
    return any(key.startswith(prefixes) for key in annotations)


def _build(tree: ClusterTree) -> Made:
    at: dict[tuple[str, str, str], Keys] = {}
    names: dict[tuple[str, str], set[str]] = {}
    makers: dict[tuple[str, str, str], list[Subject]] = {}
    copied: set[tuple[str, str]] = set()
    for (maker, kind, namespace, name, keys), is_copied in _all(tree):
        one = kind, namespace, name
        if is_copied:
            copied.add((kind, name))
        # Two creators of one Secret merge their keys.
        before = at.get(one, frozenset())
        makers.setdefault(one, []).append(maker)
        at[one] = None if before is None or keys is None else before | keys
        if known(name):
            names.setdefault((kind, namespace), set()).add(name)
    for external in tree.external:
        names.setdefault((external.kind, external.namespace), set()).add(external.name)
    listed = {each: Names(several) for each, several in names.items()}
    by = {each: tuple(several) for each, several in makers.items()}
    return Made(at, frozenset(copied), listed, by)


def made(tree: ClusterTree) -> Made:
    """Return the Secrets and ConfigMaps of a cluster."""
    return tree.once(_build)
