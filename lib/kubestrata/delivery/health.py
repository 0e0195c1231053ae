"""How Flux knows that an object is ready, where the object does not say it as Flux expects.

Flux reads the condition `Ready`, and takes an object without it for ready at once. Here are the
kinds that say it in other words, each from its API's documentation; kinds of `Ready` alone are not
here. Why: docs/decisions/0011-health.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.reconcile import HealthExpression
from kubestrata.delivery.unit import Unit, Units

_XRD = ("apiextensions.crossplane.io", "CompositeResourceDefinition")
_PACKAGE = ("Healthy", "Installed")
_MANAGED = ("Ready", "Synced")
_SETTINGS = frozenset(
    {"ClusterProviderConfig", "ProviderConfig", "ProviderConfigUsage", "StoreConfig"}
)
# (group, kind) -> the conditions that are all true of a ready object.
_CONDITIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    _XRD: ("Established",),
    ("bitnami.com", "SealedSecret"): ("Synced",),
    ("gateway.networking.k8s.io", "Gateway"): ("Accepted",),
    ("gateway.networking.k8s.io", "GatewayClass"): ("Accepted",),
    ("grafana.integreatly.org", "Grafana"): ("GrafanaReady",),
    ("grafana.integreatly.org", "GrafanaDashboard"): ("DashboardSynchronized",),
    ("grafana.integreatly.org", "GrafanaDatasource"): ("DatasourceSynchronized",),
    ("grafana.integreatly.org", "GrafanaFolder"): ("FolderSynchronized",),
    ("pkg.crossplane.io", "Configuration"): _PACKAGE,
    ("pkg.crossplane.io", "Function"): _PACKAGE,
    ("pkg.crossplane.io", "Provider"): _PACKAGE,
    ("tailscale.com", "ProxyClass"): ("ProxyClassReady",),
    ("tailscale.com", "ProxyGroup"): ("ProxyGroupReady",),
}
# (group, kind) -> (field of the status, its value in a ready object)
_FIELDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("dragonflydb.io", "Dragonfly"): ("phase", "ready"),
    **{
        ("operator.victoriametrics.com", kind): ("updateStatus", "operational")
        for kind in (
            *("VMAgent", "VMAlert", "VMAlertmanager", "VMAuth", "VMCluster", "VMSingle"),
            *("VLAgent", "VLCluster", "VLSingle", "VTCluster", "VTSingle"),
        )
    },
}


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a cluster's kinds: those above, and the composites that it defines."""

    composites: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])

    def of(self, unit: Unit) -> list[Manifest]:
        """`healthCheckExprs` of a unit: one for each kind in it that needs one, sorted.

        Raises InvalidValue where the component speaks of a kind that it does not make.
        """
        kinds = {
            (str(item.manifest["apiVersion"]), item.identity.kind): item.identity.group
            for item in unit.objects
        }
        own = _own(unit)
        made = [
            own.get((version, kind)) or self._known(version, kind, group)
            for (version, kind), group in sorted(kinds.items())
        ]
        return [_manifest(each) for each in made if each is not None]

    def _known(self, api_version: str, kind: str, group: str) -> HealthExpression | None:
        key = (group, kind)
        if key in _FIELDS:
            name, value = _FIELDS[key]
            current = f"has(status.{name}) && status.{name} == '{value}'"
            return HealthExpression(api_version, kind, current)
        managed = key in self.composites or (_is_crossplane(group) and kind not in _SETTINGS)
        conditions = _CONDITIONS.get(key) or (_MANAGED if managed else ())
        return HealthExpression(api_version, kind, _all_true(conditions)) if conditions else None


def health_of(units: Units) -> Health:
    """What is known of the kinds of a cluster."""
    found: set[tuple[str, str]] = set()
    for unit in units.by_name.values():
        for item in unit.objects:
            if (item.identity.group, item.identity.kind) == _XRD:
                spec = mapping(item.manifest.get("spec"))
                names = mapping(spec.get("names"))
                found.add((str(spec.get("group")), str(names.get("kind"))))
    return Health(frozenset(found))


def _own(unit: Unit) -> dict[tuple[str, str], HealthExpression]:
    """What the component says itself, checked against all that it makes."""
    wish = unit.component.reconcile
    own = {(each.api_version, each.kind): each for each in (wish.health if wish else ())}
    if own:
        made = {
            (item.manifest["apiVersion"], item.identity.kind) for item in unit.component.rendered()
        }
        for version, kind in sorted(own.keys() - made):
            what = f"health of {version} {kind}"
            why = f"component {unit.component.name!r} makes no such object"
            raise InvalidValue(
                what, why, "drop it, or name the kind as it is made", where=unit.origin
            )
    return own


def _is_crossplane(group: str) -> bool:
    """Whether a group is of a Crossplane provider's managed resources."""
    return group.endswith((".upbound.io", ".kubernetes.crossplane.io", ".helm.crossplane.io")) or (
        group in ("kubernetes.crossplane.io", "helm.crossplane.io")
    )


def _all_true(conditions: Iterable[str]) -> str:
    tests = [
        f"status.conditions.exists(c, c.type == '{each}' && c.status == 'True')"
        for each in conditions
    ]
    return " && ".join(["has(status.conditions)", *tests])


def _manifest(expression: HealthExpression) -> Manifest:
    made: Manifest = {
        "apiVersion": expression.api_version,
        "kind": expression.kind,
        "current": expression.current,
    }
    return made if expression.failed is None else {**made, "failed": expression.failed}
