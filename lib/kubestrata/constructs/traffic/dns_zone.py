"""Zones and records of PowerDNS, kept by its operator."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from kubeapis import k8s
from kubeapis import powerdns as api
from kubestrata.core.argument import require_each
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.value.host import Host

RecordType = Literal["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"]
_ADDRESSES = {"A": IPv4Address, "AAAA": IPv6Address}


class DnsZone(Construct):
    """One ClusterZone, named by its domain: the server is authoritative for it.

    Records are copied to secondary servers by zone transfer; the serial number increases with each
    change. Records within the zone may also come from external-dns.
    """

    def __init__(
        self, scope: Construct, id: str, *, domain: Host, nameservers: Sequence[Host]
    ) -> None:
        super().__init__(scope, f"{id}-dns-zone")
        self.domain = domain
        if not nameservers:
            fix = "name one: domain.sub('ns1')"
            raise InvalidValue(f"DnsZone {id!r}", "has no nameserver", fix)
        self.resource = api.ClusterZone(
            self,
            id,
            metadata=k8s.ObjectMeta(name=str.__str__(domain)),
            spec=api.ZoneSpec(
                kind="Native", nameservers=list(nameservers), soa_edit_api="INCREASE"
            ),
        )

    @property
    def ref(self) -> Reference:
        """Return the ClusterZone."""
        return self.resource.ref


class DnsRecordSet(Construct):
    """One ClusterRRset named `id`: the records of one type of `host` in a zone.

    Raises InvalidValue for a host outside of the zone, or an A or AAAA value that is not one.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        zone: DnsZone,
        host: Host,
        type: RecordType,  # noqa: A002  # the field of DNS
        values: Sequence[str],
        ttl_seconds: int = 3600,
    ) -> None:
        super().__init__(scope, f"{id}-record-set")
        label = _label(id, zone.domain, host)
        require_each(f"values of DnsRecordSet {id!r}", values, str)
        if not values or ttl_seconds <= 0:
            why = "has no value" if not values else f"has a TTL of {ttl_seconds} seconds"
            raise InvalidValue(f"DnsRecordSet {id!r}", why)
        for each in values if type in _ADDRESSES else ():
            try:
                _ADDRESSES[type](each)
            except ValueError as error:
                why = f"is not an address for a record {type}"
                raise InvalidValue(f"value {each!r} of DnsRecordSet {id!r}", why) from error
        self.resource = api.ClusterRRset(
            self,
            id,
            spec=api.RRsetSpec(
                name=label,
                type=type,
                ttl=ttl_seconds,
                records=list(values),
                zone_ref=api.RRsetSpecZoneRef(kind="ClusterZone", name=zone.ref.name),
            ),
        )


def _label(id: str, domain: Host, host: Host) -> str:
    """Return the name of a record below its zone."""
    name, suffix = str.__str__(host), f".{str.__str__(domain)}"
    if not name.endswith(suffix):
        why = f"is not below the zone {str.__str__(domain)!r}"
        raise InvalidValue(f"host {name!r} of DnsRecordSet {id!r}", why)
    return name.removesuffix(suffix)
