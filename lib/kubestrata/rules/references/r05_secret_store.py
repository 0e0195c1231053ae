"""R05: what fetches a secret names a store that exists and admits its namespace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.pattern import Pattern, PatternError
from kubestrata.rules.near import near
from kubestrata.rules.references._field import known
from kubestrata.rules.references._reference import Charts, Reference, Target, Use, judge_references
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, selects
from kubestrata.rules.violation import Finding

_GROUP = "external-secrets.io"
_STORE = Target(_GROUP, "SecretStore", charts=Charts.TOLD)
_CLUSTER_STORE = Target(_GROUP, "ClusterSecretStore", namespaced=False, charts=Charts.TOLD)
_STORES = (_STORE, _CLUSTER_STORE)
_FIELDS = (
    "spec.secretStoreRef",
    "spec.data[].sourceRef.storeRef",
    "spec.dataFrom[].sourceRef.storeRef",
)
_GENERATORS = tuple(
    Target("generators.external-secrets.io", kind, charts=Charts.TOLD)
    for kind in (
        "Password",
        "ACRAccessToken",
        "ECRAuthorizationToken",
        "Fake",
        "GCRAccessToken",
        "GithubAccessToken",
        "QuayAccessToken",
        "SSHKey",
        "STSSessionToken",
        "UUID",
        "VaultDynamicSecret",
        "Webhook",
    )
)
_CLUSTER_GENERATOR = Target(
    "generators.external-secrets.io", "ClusterGenerator", namespaced=False, charts=Charts.TOLD
)
_IN_CLUSTER = "spec.externalSecretSpec"
REFERENCES = (
    *(Reference(_GROUP, "ExternalSecret", path, _STORES, namespace="") for path in _FIELDS),
    Reference(_GROUP, "PushSecret", "spec.secretStoreRefs[]", _STORES, namespace=""),
    *(
        Reference(
            _GROUP,
            "ClusterExternalSecret",
            path.replace("spec", _IN_CLUSTER, 1),
            (_CLUSTER_STORE,),
            namespace="",
            when=lambda value: value.get("kind") == "ClusterSecretStore",
        )
        for path in _FIELDS
    ),
    Reference(
        _GROUP,
        "ExternalSecret",
        "spec.dataFrom[].sourceRef.generatorRef",
        (*_GENERATORS, _CLUSTER_GENERATOR),
        namespace="",
        when=lambda value: bool(value.get("kind")),
    ),
)


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    yield from judge_references(tree, REFERENCES)
    for reference in REFERENCES[: len(_FIELDS) + 1]:
        for use in reference.uses(tree):
            yield from _scope(tree, use)


def _scope(tree: ClusterTree, use: Use) -> Iterator[Finding]:
    if use.target is not _CLUSTER_STORE:
        return
    store = tree.get(_GROUP, "ClusterSecretStore", "", use.name)
    conditions = sequence(store.spec.get("conditions")) if store else ()
    if conditions and not any(_admits(tree, mapping(each), use) for each in conditions):
        open_to = [
            str(each) for item in conditions for each in sequence(mapping(item).get("namespaces"))
        ]
        message = f"ClusterSecretStore {use.name} does not admit namespace {use.subject.namespace}"
        if open_to:
            message += f"; it admits {', '.join(sorted(open_to))}"
        stores = tree.of_kind(_GROUP, "SecretStore")
        own = (each.identity.name for each in stores if each.namespace == use.subject.namespace)
        yield use.subject.finding(use.path, message, near(use.name, own))


def _admits(tree: ClusterTree, condition: dict[str, Any], use: Use) -> bool:
    namespace = use.subject.namespace
    if namespace in sequence(condition.get("namespaces")) or not known(namespace):
        return True
    if any(_matches(str(each), namespace) for each in sequence(condition.get("namespaceRegexes"))):
        return True
    selector = condition.get("namespaceSelector")
    if selector is None:
        return False
    declared: Subject | None = tree.get("", "Namespace", "", namespace)
    labels = {"kubernetes.io/metadata.name": namespace}
    return declared is None or selects(mapping(selector), {**declared.labels, **labels})


def _matches(pattern: str, text: str) -> bool:
    try:
        return Pattern(pattern).is_in(text)
    except PatternError:
        return True


RULE = Rule(
    "R05",
    "an ExternalSecret, and what pushes secrets, names a store that exists and admits it",
    "the secret is never made, and pods that need it do not start",
    _judge,
)
