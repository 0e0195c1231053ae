"""Zones and records of PowerDNS."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Host
from kubestrata.constructs.traffic import DnsRecordSet, DnsZone
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import faults, rendered
from tests.small_platform import new_cluster, new_component

ZONE = Host("example.com")


def component_and_zone() -> tuple[Component, DnsZone]:
    component = new_component(new_cluster(groups=("dns.cav.enablers.ob",)))
    return component, DnsZone(component, "zone", domain=ZONE, nameservers=[ZONE.sub("ns1")])


def test_dns_zone_with_records(manifests: SnapshotAssertion) -> None:
    component, zone = component_and_zone()
    DnsRecordSet(component, "glue", zone=zone, host=ZONE.sub("ns1"), type="A", values=["192.0.2.1"])
    DnsRecordSet(
        component,
        "mail",
        zone=zone,
        host=ZONE.sub("mail"),
        type="TXT",
        values=['"v=spf1 -all"'],
        ttl_seconds=60,
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_a_zone_without_nameservers_is_refused() -> None:
    with pytest.raises(InvalidValue, match="has no nameserver"):
        DnsZone(new_component(new_cluster()), "zone", domain=ZONE, nameservers=[])


def test_a_host_outside_of_the_zone_is_refused() -> None:
    component, zone = component_and_zone()
    other = Host("www.example.org")
    with pytest.raises(InvalidValue, match=r"is not below the zone 'example\.com'"):
        DnsRecordSet(component, "www", zone=zone, host=other, type="A", values=["192.0.2.1"])


@pytest.mark.parametrize(("type_", "value"), [("A", "2001:db8::1"), ("AAAA", "192.0.2.1")])
def test_an_address_of_the_other_family_is_refused(type_: str, value: str) -> None:
    component, zone = component_and_zone()
    with pytest.raises(InvalidValue, match="is not an address for a record"):
        DnsRecordSet(
            component,
            "www",
            zone=zone,
            host=ZONE.sub("www"),
            type=type_,  # type: ignore[arg-type]  # one of the parameters
            values=[value],
        )
