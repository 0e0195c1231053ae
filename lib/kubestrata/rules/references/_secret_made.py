"""What makes Secrets and ConfigMaps, and which keys they have, as far as that can be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kubestrata.core.alike import Names
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.references._field import known, values
from kubestrata.rules.references._unseen import composed, may_exist, unseen
from kubestrata.rules.subject import ClusterTree, Subject

SECRET, CONFIG_MAP = "Secret", "ConfigMap"
Keys = frozenset[str] | None
"""The keys of a Secret or ConfigMap, None if they cannot be seen."""
_One = tuple[Subject, str, str, str, Keys]
_COPIERS = ("reflector.v1.k8s.emberstack.com/", "replicator.v1.mittwald.de/")
_CNPG_SECRETS = ("app", "ca", "replication", "server", "superuser")
_FLUX = "flux-system"
_TLS = frozenset({"ca.crt", "tls.crt", "tls.key"})


@dataclass(frozen=True)
class Made:
    """Secrets and ConfigMaps by kind, namespace and name, and those copied to any namespace."""

    at: Mapping[tuple[str, str, str], Keys]
    copied: frozenset[tuple[str, str]]
    names: Mapping[tuple[str, str], Names]
    makers: Mapping[tuple[str, str, str], tuple[Subject, ...]]
    """What is or makes each of them."""

    def exists(self, tree: ClusterTree, kind: str, namespace: str, name: str) -> bool:
        """Whether there is, or may be, such an object."""
        return (
            (kind, namespace, name) in self.at
            or (kind, name) in self.copied
            or (kind, name) == (CONFIG_MAP, "kube-root-ca.crt")
            or tree.exists("", kind, namespace, name)
            or _unseen(tree, namespace, name)
        )


def _unseen(tree: ClusterTree, namespace: str, name: str) -> bool:
    # The bootstrap of Flux makes no more than this; releases and remote bases may.
    if namespace == _FLUX and not tree.has_charts(_FLUX):
        told = composed(tree, _FLUX) or unseen(tree).anywhere
        return told or not known(name) or name == _FLUX
    return may_exist(tree, namespace, name)


def _written(subject: Subject) -> _One:
    kind, manifest = subject.identity.kind, subject.manifest
    keys = {
        *mapping(manifest.get("data")),
        *mapping(manifest.get("stringData")),
        *mapping(manifest.get("binaryData")),
    }
    # An empty one is there for a controller to fill.
    filled = manifest.get("type") == "kubernetes.io/service-account-token" or not keys
    hidden = filled or _copies(subject.annotations)
    known_keys = None if hidden else frozenset(keys)
    return subject, kind, subject.namespace, subject.identity.name, known_keys


def _fetched(subject: Subject, spec: Mapping[str, object], name: str) -> _One | None:
    target = mapping(spec.get("target"))
    if target.get("creationPolicy") == "None":
        return None
    template = mapping(target.get("template"))
    keys: Keys = frozenset(
        str(mapping(each).get("secretKey")) for each in sequence(spec.get("data"))
    )
    if template.get("templateFrom") or target.get("creationPolicy") == "Merge":
        keys = None
    elif template.get("data"):
        own = frozenset(mapping(template["data"]))
        if template.get("mergePolicy") != "Merge":
            keys = own
        else:
            keys = None if spec.get("dataFrom") else own | (keys or frozenset())
    elif spec.get("dataFrom"):
        keys = None
    kind = str(mapping(target.get("manifest")).get("kind") or SECRET)
    return subject, kind, subject.namespace, str(target.get("name") or name), keys


def _issued(certificate: Subject) -> _One:
    spec = certificate.spec
    more = spec.get("keystores") or spec.get("additionalOutputFormats")
    name, keys = str(spec.get("secretName")), None if more else _TLS
    return certificate, SECRET, certificate.namespace, name, keys


def _sealed(subject: Subject) -> _One:
    template = mapping(subject.spec.get("template"))
    keys = {*mapping(subject.spec.get("encryptedData")), *mapping(template.get("data"))}
    name = mapping(template.get("metadata")).get("name") or subject.identity.name
    return subject, SECRET, subject.namespace, str(name), frozenset(keys)


def _operated(tree: ClusterTree) -> Iterator[_One]:
    for cluster in tree.of_kind("postgresql.cnpg.io", "Cluster"):
        for each in _CNPG_SECRETS:
            yield cluster, SECRET, cluster.namespace, f"{cluster.identity.name}-{each}", None
    for user in tree.of_kind("kafka.strimzi.io", "KafkaUser"):
        yield user, SECRET, user.namespace, user.identity.name, None
    for terraform in tree.of_kind("infra.contrib.fluxcd.io", "Terraform"):
        name = mapping(terraform.spec.get("writeOutputsToSecret")).get("name")
        yield terraform, SECRET, terraform.namespace, str(name), None
    for subject in tree.subjects:
        reference = mapping(subject.spec.get("writeConnectionSecretToRef"))
        if reference:
            namespace = str(reference.get("namespace") or subject.namespace)
            yield subject, SECRET, namespace, str(reference.get("name")), None
    for kind in ("Issuer", "ClusterIssuer"):
        for issuer in tree.of_kind("cert-manager.io", kind):
            account = mapping(mapping(issuer.spec.get("acme")).get("privateKeySecretRef"))
            yield issuer, SECRET, issuer.namespace, str(account.get("name")), None


def _all(tree: ClusterTree) -> Iterator[_One]:
    for subject in tree.of_kind("", CONFIG_MAP, SECRET):
        yield _written(subject)
    for subject in tree.of_kind("external-secrets.io", "ExternalSecret"):
        fetched = _fetched(subject, subject.spec, subject.identity.name)
        if fetched:
            yield fetched
    yield from map(_issued, tree.of_kind("cert-manager.io", "Certificate"))
    yield from map(_sealed, tree.of_kind("bitnami.com", "SealedSecret"))
    yield from _operated(tree)


def _copied(tree: ClusterTree) -> Iterator[tuple[str, str]]:
    for subject in tree.of_kind("", CONFIG_MAP, SECRET):
        if _copies(subject.annotations):
            yield subject.identity.kind, subject.identity.name
    templated = (
        ("external-secrets.io", "ExternalSecret", "spec.target.template.metadata.annotations"),
        ("cert-manager.io", "Certificate", "spec.secretTemplate.annotations"),
        ("bitnami.com", "SealedSecret", "spec.template.metadata.annotations"),
    )
    for group, kind, field in templated:
        for subject in tree.of_kind(group, kind):
            if any(_copies(mapping(value)) for _, value in values(subject.manifest, field)):
                yield SECRET, subject.identity.name
                yield SECRET, str(subject.spec.get("secretName"))
                yield SECRET, str(mapping(subject.spec.get("target")).get("name"))
    for each in tree.of_kind("external-secrets.io", "ClusterExternalSecret"):
        target = mapping(mapping(each.spec.get("externalSecretSpec")).get("target"))
        name = target.get("name") or each.spec.get("externalSecretName") or each.identity.name
        yield SECRET, str(name)
    for bundle in tree.of_kind("trust.cert-manager.io", "Bundle"):
        yield SECRET, bundle.identity.name
        yield CONFIG_MAP, bundle.identity.name
    for policy in tree.of_kind("kyverno.io", "ClusterPolicy", "Policy"):
        for _, value in values(policy.manifest, "spec.rules[].generate"):
            yield str(mapping(value).get("kind")), str(mapping(value).get("name"))


def _copies(annotations: Mapping[str, object]) -> bool:
    return any(key.startswith(_COPIERS) for key in annotations)


def _build(tree: ClusterTree) -> Made:
    at: dict[tuple[str, str, str], Keys] = {}
    names: dict[tuple[str, str], set[str]] = {}
    makers: dict[tuple[str, str, str], list[Subject]] = {}
    for maker, kind, namespace, name, keys in _all(tree):
        one = kind, namespace, name
        # Two makers of one Secret merge their keys.
        before = at.get(one, frozenset())
        makers.setdefault(one, []).append(maker)
        at[one] = None if before is None or keys is None else before | keys
        if known(name):
            names.setdefault((kind, namespace), set()).add(name)
    for external in tree.external:
        names.setdefault((external.kind, external.namespace), set()).add(external.name)
    listed = {each: Names(several) for each, several in names.items()}
    by = {each: tuple(several) for each, several in makers.items()}
    return Made(at, frozenset(_copied(tree)), listed, by)


def made(tree: ClusterTree) -> Made:
    """The Secrets and ConfigMaps of a cluster."""
    return tree.once(_build)
