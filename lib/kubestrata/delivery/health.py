"""Health expressions for kinds that do not report readiness as Flux expects.

Flux reads the condition `Ready`, and considers an object without it ready at once. Expressions
for other kinds are in knowledge. For the reasons see docs/decisions/0011-health.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.reconcile import HealthExpression
from kubestrata.delivery.unit import DeliveryUnit, Units
from kubestrata.knowledge import Knowledge, knowledge
from kubestrata.rules.api_group import CROSSPLANE

_XRD = "CompositeResourceDefinition"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Readiness of the kinds of a cluster: those in knowledge, and composites that it defines."""

    composites: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])
    knowledge: Knowledge = field(default_factory=knowledge)
    _found: dict[tuple[str, str], HealthExpression | None] = field(
        default_factory=dict[tuple[str, str], HealthExpression | None], init=False
    )

    def of(self, unit: DeliveryUnit) -> list[Manifest]:
        """Return the `healthCheckExprs` of a unit: one for each kind that needs one, sorted.

        Raises InvalidValue if the component sets one for a kind that it does not create.
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
        return [expression(each) for each in made if each is not None]

    def _known(self, api_version: str, kind: str, group: str) -> HealthExpression | None:
        key = (api_version, kind)
        if key not in self._found:
            is_composite = (group, kind) in self.composites
            fact = self.knowledge.health(group, kind, is_composite=is_composite)
            made = None if fact is None else HealthExpression(api_version, kind, fact.ready)
            self._found[key] = made
        return self._found[key]


def health_of(units: Units) -> Readiness:
    """Return the readiness of the kinds of a cluster."""
    found: set[tuple[str, str]] = set()
    for unit in units.by_name.values():
        for item in unit.objects:
            if item.identity.kind == _XRD and item.identity.group == CROSSPLANE:
                spec = mapping(item.manifest.get("spec"))
                names = mapping(spec.get("names"))
                found.add((str(spec.get("group")), str(names.get("kind"))))
    return Readiness(frozenset(found))


def _own(unit: DeliveryUnit) -> dict[tuple[str, str], HealthExpression]:
    """Return the expressions that the component sets, checked against its kinds."""
    wish = unit.component.reconcile
    own = {(each.api_version, each.kind): each for each in (wish.health if wish else ())}
    if own:
        made = {
            (item.manifest["apiVersion"], item.identity.kind) for item in unit.component.rendered()
        }
        for version, kind in sorted(own.keys() - made):
            what = f"health of {version} {kind}"
            why = f"component {unit.component.name!r} creates no object of this kind"
            raise InvalidValue(
                what, why, "remove it, or correct apiVersion and kind", where=unit.origin
            )
    return own


def expression(health: HealthExpression) -> Manifest:
    """Return an entry of `healthCheckExprs`."""
    made: Manifest = {
        "apiVersion": health.api_version,
        "kind": health.kind,
        "current": health.current,
    }
    return made if health.failed is None else {**made, "failed": health.failed}
