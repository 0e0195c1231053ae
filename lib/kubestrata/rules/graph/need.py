"""What an object cannot be applied, or not become ready, without; and who makes that.

A reference asks for an order only where its object waits for what it names. Routes that send to a
Service, bindings, dashboards and the like are ready once they are applied, whatever they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import GATEWAY, HELM, KUSTOMIZE, NOTIFICATION, SOURCE
from kubestrata.rules.provider import provider_of
from kubestrata.rules.references.link import Link, links
from kubestrata.rules.subject import ClusterTree, Subject, Unit, target_namespace

_CERT_MANAGER = "cert-manager.io"
_SECRETS = "external-secrets.io"
_ALWAYS = {
    GATEWAY: ("Gateway", "ListenerSet"),
    _CERT_MANAGER: ("ClusterIssuer", "Issuer"),
    _SECRETS: ("ClusterSecretStore", "SecretStore"),
    SOURCE: ("Bucket", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository"),
}
"""What is to be ready first, though what names it does not keep its unit waiting."""
_NAMING = {
    GATEWAY: ("GRPCRoute", "HTTPRoute", "ListenerSet", "TCPRoute", "TLSRoute", "UDPRoute"),
    _CERT_MANAGER: ("Certificate",),
    _SECRETS: ("ExternalSecret", "PushSecret"),
    HELM: ("HelmRelease",),
    SOURCE: ("HelmChart",),
}
"""Who names it."""
_READY_AT_ONCE: Mapping[str, tuple[str, ...] | None] = {
    "": ("ConfigMap", "Secret", "Service", "ServiceAccount"),
    **dict.fromkeys(
        (
            *("admissionregistration.k8s.io", "aigateway.envoyproxy.io"),
            *("apiextensions.crossplane.io", "apiregistration.k8s.io", "argoproj.io"),
            *("autoscaling", "autoscaling.k8s.io", "barmancloud.cnpg.io", "cilium.io"),
            *("dragonflydb.io", "elasticsearch.k8s.elastic.co", "gateway.envoyproxy.io"),
            *(GATEWAY, "grafana.integreatly.org", "kyverno.io", "metallb.io"),
            *("monitoring.coreos.com", "networking.k8s.io", NOTIFICATION),
            *("operator.victoriametrics.com", "pkg.crossplane.io", "rbac.authorization.k8s.io"),
            *("tailscale.com", "traefik.io", "trust.cert-manager.io"),
        )
    ),
    "batch": ("CronJob",),
    "k8s.keycloak.org": ("KeycloakRealmImport",),
    "kafka.strimzi.io": ("KafkaNodePool", "KafkaRebalance"),
    "postgresql.cnpg.io": (
        *("Backup", "Database", "DatabaseRole", "Pooler"),
        *("Publication", "ScheduledBackup", "Subscription"),
    ),
}
"""Group -> the kinds, None for all, that have no `Ready` to wait for (kstatus sees none)."""


@dataclass(frozen=True, slots=True)
class Need:
    """What an object of a unit needs of others: any one of `homes` makes it.

    `refused` is True if the API server does not take the object before, `waits` if the unit is
    not ready before.
    """

    homes: tuple[Identity, ...]
    reason: str
    refused: bool = False
    waits: bool = False


def needs(tree: ClusterTree, unit: Unit) -> Iterator[Need]:
    """What the objects of a unit need that other units make, and the unit itself."""
    by_unit = tree.once(_by_unit)
    for subject in unit.objects:
        yield from _to_apply(tree, subject)
    for link in by_unit.get(unit.identity, ()):
        need = _need(unit, link)
        if need is not None:
            yield need


def _to_apply(tree: ClusterTree, subject: Subject) -> Iterator[Need]:
    identity = subject.identity
    provider = provider_of(tree, identity.group)
    if provider is not None and provider.unit is not None:
        reason = f"{identity} needs the CRDs of {identity.group}"
        # That what installs them waits for this unit in turn, G04 says.
        yield Need((provider.unit,), reason)
    yield from _namespace(tree, subject, subject.namespace, "is in")
    if identity.group == HELM and target_namespace(subject) != subject.namespace:
        yield from _namespace(tree, subject, target_namespace(subject), "installs into")


def _namespace(tree: ClusterTree, subject: Subject, name: str, verb: str) -> Iterator[Need]:
    namespace = tree.get("", "Namespace", "", name)
    if namespace is not None and namespace.unit is not None:
        reason = f"{subject.identity} {verb} {namespace.identity}"
        yield Need((namespace.unit,), reason, refused=verb == "is in")


def _by_unit(tree: ClusterTree) -> dict[Identity, list[Link]]:
    found: dict[Identity, list[Link]] = {}
    for link in links(tree):
        # What a Kustomization names it needs itself, not the one that applies it.
        subject = link.subject
        own = subject.identity.group == KUSTOMIZE and subject.identity in tree.units
        home = subject.identity if own else subject.unit
        if home is not None:
            found.setdefault(home, []).append(link)
    return found


def _need(unit: Unit, link: Link) -> Need | None:
    subject, own = link.subject, link.subject.identity == unit.identity
    # No pod needs the Service through which others find it.
    told = link.target.kind != "Service" and _has_readiness(subject.identity)
    waits = own or (told and _awaits(unit, subject))
    if not (waits or _is_always(link)):
        return None
    homes = _homes(link.makers)
    if not homes or unit.identity in homes:
        return None
    reason = f"{subject.identity} names {link.target}"
    if all(each.identity != link.target for each in link.makers):
        reason += f", which {link.makers[0].identity} makes"
    return Need(homes, reason, waits=waits)


def _homes(makers: Sequence[Subject]) -> tuple[Identity, ...]:
    """The units of the makers; none if one is there from the start."""
    units = [each.unit for each in makers if each.unit is not None]
    return tuple(dict.fromkeys(units)) if len(units) == len(makers) else ()


def _has_readiness(identity: Identity) -> bool:
    kinds = _READY_AT_ONCE.get(identity.group, ())
    return kinds is not None and identity.kind not in kinds


def _is_always(link: Link) -> bool:
    identity, target = link.subject.identity, link.target
    naming = identity.kind in _NAMING.get(identity.group, ())
    return naming and target.kind in _ALWAYS.get(target.group, ())


def _awaits(unit: Unit, subject: Subject) -> bool:
    """Whether a unit is ready only when one of its objects is."""
    spec = unit.subject.spec
    return bool(spec.get("wait")) or any(
        (mapping(each).get("kind"), mapping(each).get("name"))
        == (subject.identity.kind, subject.identity.name)
        for each in sequence(spec.get("healthChecks"))
    )
