"""DNS records for the hosts of the routes of one gateway."""

from collections.abc import Sequence

from msgspec import field

from charts import catalogue
from kubestrata import Cluster, Component, Frozen, Host, Image, Reference
from kubestrata.constructs import (
    Container,
    ExternalSecret,
    Flow,
    GatewayReference,
    GenericChart,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    SecretKey,
    SecretSource,
    SecretTemplate,
)
from kubestrata.constructs.access import ClusterRole, Permission, RoleSubject
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Scrape

_IMAGE = Image("registry.k8s.io/external-dns/external-dns:v0.19.0")
_PORT, _USER = 7979, 65534
_HEALTHY = Probe(path="/healthz", period_seconds=10)
_ALIVE = Probe(path="/healthz", period_seconds=10, failure_threshold=6)


class DnsProvider(Frozen):
    """A server of DNS records, and the entry of the secret store with its credentials.

    `variables` are the fields of the entry, which `arguments` may name: `$(CF_ZONE_ID)`; `template`
    renames some. `side` is that of the records: public or private.
    """

    name: str
    side: str
    variables: Sequence[str]
    arguments: Sequence[str]
    egress: Flow
    template: SecretTemplate = field(default_factory=SecretTemplate)

    @classmethod
    def cloudflare(cls) -> "DnsProvider":
        """Return Cloudflare, whose proxies answer for the hosts."""
        return cls(
            "cloudflare",
            "public",
            ("CF_API_TOKEN", "CF_ZONE_ID"),
            ("--provider=cloudflare", "--zone-id-filter=$(CF_ZONE_ID)", "--cloudflare-proxied"),
            Flow.to_hosts("api.cloudflare.com"),
        )

    @classmethod
    def rfc2136(cls, server: str, zone: Host) -> "DnsProvider":
        """Return the server of the local network, which accepts signed updates of a zone."""
        return cls(
            "rfc2136",
            "private",
            ("RFC2136_HOST", "RFC2136_TSIG_KEYNAME", "RFC2136_TSIG_SECRET_BASE64"),
            (
                "--provider=rfc2136",
                "--rfc2136-host=$(RFC2136_HOST)",
                "--rfc2136-port=53",
                f"--rfc2136-zone={zone}",
                "--rfc2136-tsig-keyname=$(RFC2136_TSIG_KEYNAME)",
                "--rfc2136-tsig-secret=$(RFC2136_TSIG_SECRET)",
                "--rfc2136-tsig-secret-alg=hmac-sha256",
                "--rfc2136-tsig-axfr",
            ),
            Flow.to_addresses(f"{server}/32", ports=[53, NetworkPort(53, "UDP")]),
            SecretTemplate(
                {
                    "RFC2136_HOST": "{{ .RFC2136_HOST }}",
                    "RFC2136_TSIG_KEYNAME": "{{ .RFC2136_TSIG_KEYNAME }}",
                    "RFC2136_TSIG_SECRET": "{{ .RFC2136_TSIG_SECRET_BASE64 }}",
                }
            ),
        )


class RouteRecords(Component):
    """external-dns for one provider: it publishes the hosts of routes of `gateway`."""

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        provider: DnsProvider,
        gateway: GatewayReference,
    ) -> None:
        name = f"external-dns-{provider.name}"
        super().__init__(scope, name, layer="infrastructure", namespace=namespace)
        self.needs(gateway.gateway)
        source = SecretSource.all_of(f"kubernetes/infra/{provider.name}", keys=provider.variables)
        secret = ExternalSecret(
            self, f"{name}-secret", source=source, template=provider.template
        ).secret
        keys = sorted(provider.template.data or provider.variables)
        chart = GenericChart(
            self,
            name,
            chart=catalogue.APP_TEMPLATE,
            image=_IMAGE,
            container=_container(
                [*_arguments(scope, provider, gateway), *provider.arguments],
                {key: secret.key(key) for key in keys},
            ),
            pod=PodSettings(security=PodSecurity(user=_USER)),
            # Two would write the same records.
            replicas=1,
        )
        readable = [
            Permission.read("namespaces", group=""),
            Permission.read("gateways", "httproutes", group="gateway.networking.k8s.io"),
        ]
        ClusterRole(
            self,
            name,
            permissions=readable,
            subjects=[RoleSubject.account(chart.service_account)],
        )
        chart.allow(provider.egress)
        Scrape(self, name, pods=chart.pods, port="http", pod_port=_PORT)


def _arguments(cluster: Cluster, provider: DnsProvider, gateway: GatewayReference) -> list[str]:
    return [
        f"--domain-filter={cluster.domain}",
        f"--gateway-name={gateway.gateway.object_name}",
        "--interval=1m",
        "--log-format=text",
        "--log-level=info",
        "--registry=txt",
        "--source=gateway-httproute",
        f"--txt-owner-id=k8s-{cluster.name}-{provider.side}",
        "--txt-prefix=k8s.",
    ]


def _container(arguments: Sequence[str], variables: dict[str, SecretKey]) -> Container:
    return Container(
        port=_PORT,
        args=arguments,
        env=variables,
        service_account_token=True,
        probes=Probes(liveness=_ALIVE, readiness=_HEALTHY),
        resources=Resources.of("10m", "64Mi", memory_limit="64Mi"),
    )
