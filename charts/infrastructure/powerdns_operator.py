"""Zones and records of PowerDNS as objects of the cluster."""

from collections.abc import Mapping

from charts import catalogue
from charts.resource_request import bounded
from charts.security_context import HARDENED, restricted_pod
from kubestrata import Cluster, Component, Host, JsonObject, Reference, ServiceReference
from kubestrata.constructs import Flow, HelmComponent, SecretReference
from kubestrata.constructs.traffic import DnsRecordSet, DnsZone

_NAME = "powerdns-operator"
_USER = 1000


class PowerDnsOperator(HelmComponent):
    """PowerDNS-Operator with its CRDs; `key` is the Secret of the API at `api`."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        api: ServiceReference,
        key: SecretReference,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.POWERDNS_OPERATOR,
            values=_values(api, key),
            flows=[Flow.to_kubernetes_api()],
        )


class AuthoritativeZone(Component):
    """The ClusterZone `zone` with its nameservers, and their addresses as glue records."""

    def __init__(
        self,
        scope: Cluster,
        *,
        operator: PowerDnsOperator,
        zone: Host,
        nameservers: Mapping[str, str],
    ) -> None:
        super().__init__(scope, "powerdns-zones", layer="infrastructure")
        self.needs(operator)
        made = DnsZone(
            self, "zone", domain=zone, nameservers=[zone.sub(each) for each in nameservers]
        )
        for label, address in nameservers.items():
            DnsRecordSet(
                self,
                f"{label}-glue-record",
                zone=made,
                host=zone.sub(label),
                type="A",
                values=[address],
            )
        self.ref = made.ref


def _values(api: ServiceReference, key: SecretReference) -> JsonObject:
    return {
        "api": {"url": api.text("http://{name}.{namespace}:{port}"), "vhost": "localhost"},
        "credentials": {"existingSecret": key.name},
        "resources": bounded("100m", "128Mi", "200m", "256Mi"),
        "podSecurityContext": restricted_pod(_USER, _USER),
        "securityContext": HARDENED,
    }
