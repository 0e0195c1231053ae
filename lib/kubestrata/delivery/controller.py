"""Ordering of controllers before the custom resources that wait for them.

A kind with a health expression is ready only after its controller has written its status. CRDs may
come from another component than the controller, so their order is not enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubestrata.core.cluster import Component
from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.source import OciChart
from kubestrata.core.written import Located
from kubestrata.delivery.unit import DeliveryUnit, Units
from kubestrata.knowledge import knowledge
from kubestrata.rules.api_group import HELM


def controller_edges(
    units: Units,
) -> Iterator[tuple[DeliveryUnit, DeliveryUnit, str, Located]]:
    """Yield (unit, unit of the controller, reason, line) in stable order."""
    homes = _homes(units)
    for name in sorted(units.by_name) if homes else ():
        unit = units.by_name[name]
        for item in unit.objects:
            group, kind = item.identity.group, item.identity.kind
            if group in homes and knowledge().health(group, kind) is not None:
                text = f"{item.identity} is ready only after its controller has seen it"
                yield unit, homes[group], text, item.origin


def _homes(units: Units) -> Mapping[str, DeliveryUnit]:
    """Return the only unit with the controller of each API group; of several none."""
    found: dict[str, dict[str, DeliveryUnit]] = {}
    for unit in units.by_name.values():
        for item in unit.objects:
            if item.identity.kind != "HelmRelease" or item.identity.group != HELM:
                continue
            chart = knowledge().charts.get(_chart(unit.component, item.manifest))
            if chart is None or chart.only_crds:
                continue
            for group in chart.crds:
                if not knowledge().group(group).bootstrap:
                    found.setdefault(group, {})[unit.name] = unit
    return {group: next(iter(each.values())) for group, each in found.items() if len(each) == 1}


def _chart(component: Component, manifest: Manifest) -> str:
    """Return the name of the chart that a HelmRelease installs, '' if it is not known."""
    spec = mapping(manifest.get("spec"))
    address = str(mapping(mapping(spec.get("chart")).get("spec")).get("chart", ""))
    reference = mapping(spec.get("chartRef")).get("name")
    for source, _ in component.repositories if reference else ():
        if isinstance(source, OciChart) and source.name == reference:
            address = source.url
    return address.rstrip("/").rpartition("/")[2]
