"""G31: a release that waits for a load balancer starts after the pool of its address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.rules.dependency import awaits, order_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    kinds = tree.knowledge.kinds_with(lambda one: one.address_pool)
    pools = [each for kind in kinds for each in tree.of_kind(*kind)]
    if not pools:
        return
    for service in tree.of_kind("", "Service"):
        release = tree.by_identity.get(service.chart.release) if service.chart else None
        if release is not None and _is_balanced(service) and _waits(release):
            unit = release.unit
            if unit is not None and _all_later(tree, unit, release, pools):
                yield _finding(unit, release, service, pools[0])


def _is_balanced(service: Subject) -> bool:
    """Return True for a Service whose address comes from a pool; another class has its own."""
    spec = service.spec
    return spec.get("type") == "LoadBalancer" and not spec.get("loadBalancerClass")


def _waits(release: Subject) -> bool:
    return mapping(release.spec.get("install")).get("disableWait") is not True


def _all_later(
    tree: ClusterTree, unit: Identity, release: Subject, pools: Sequence[Subject]
) -> bool:
    """Return True if each pool is created once the unit of a release is ready."""
    order = order_of(tree)
    return awaits(tree.units[unit], release) and all(
        pool.unit is not None and order.is_before(unit, pool.unit) for pool in pools
    )


def _finding(unit: Identity, release: Subject, service: Subject, pool: Subject) -> Finding:
    message = f"Helm waits for an address of Service {service.identity.name}, but {pool.identity} "
    message += f"is created once Kustomization {unit.name} is ready"
    return release.finding("spec.install", message, "set disableWait: true here and in upgrade")


RULES = (
    Rule(
        "G31",
        "a release that waits for a load balancer starts after the pool of its address",
        "neither becomes ready on a new cluster",
        _check,
        Severity.ERROR,
    ),
)
