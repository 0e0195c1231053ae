"""The authoritative DNS server of the cluster's zone, with its database."""

from collections.abc import Sequence

from charts import catalogue
from charts.infrastructure.bitnami_images import legacy_image
from charts.resource_request import bounded
from kubestrata import (
    Cluster,
    Component,
    Duration,
    Frozen,
    Image,
    JsonObject,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import (
    Container,
    ContainerException,
    GeneratedPassword,
    HelmRelease,
    Justification,
    PodException,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    ProtocolPort,
    Resources,
    Rollout,
    Scaling,
    SecretReference,
    Workload,
)
from kubestrata.constructs.secret import PasswordFormat, ReflectedTo
from kubestrata.constructs.traffic import (
    ClusterIpService,
    LoadBalancer,
    MetalLbAddressPool,
    ServicePort,
)

_NAME = "powerdns"
_IMAGE = Image("docker.io/pschiffe/pdns-mysql:4.9")
_USER = 953
_API = 8081
_DATABASE = "powerdns-mariadb"
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
_MTU = Justification(
    reason="zone transfers through Tailscale need segments for its MTU of 1280",
    owner="cluster-owner",
    expires="2027-12-31",
)
_PORT_53 = Justification(
    reason="resolvers find a nameserver at port 53 only",
    owner="cluster-owner",
    expires="2027-12-31",
)


class DnsAddress(Frozen):
    """The address of the server on the local network, and the clients that may transfer zones."""

    pool: MetalLbAddressPool
    address: str
    secondaries: Sequence[str]


class PowerDns(Component):
    """PowerDNS with MariaDB; `api` is its HTTP API and `api_key` the key of it.

    The key is generated once and copied to the namespaces `clients`. Secondary servers outside of
    the cluster transfer its zones.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        dns: DnsAddress,
        storage_class: Reference,
        clients: Sequence[Reference],
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="infrastructure",
            namespace=namespace,
            # The database is created first.
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        self.api_key = GeneratedPassword(
            self,
            "powerdns-api-key",
            keys=["PDNS_API_KEY"],
            format=PasswordFormat(32, digits=10),
            copies=ReflectedTo(clients),
            generator_name="powerdns-api-key-generator",
        ).secret
        database = self._database(storage_class)
        server = Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=_container(self.api_key, database, dns.secondaries),
            pod=_POD,
            rollout=Rollout.recreate(),
            scaling=Scaling.fixed(1),
        )
        self.api = ClusterIpService(
            self, "powerdns-api", pods=server, ports=[ServicePort(_API, "api", name="api")]
        ).port(_API)
        LoadBalancer(
            self,
            "powerdns-dns",
            pods=server,
            ports=[
                ServicePort(53, "dns-tcp", name="dns-tcp"),
                ServicePort(53, "dns-udp", name="dns-udp", protocol="UDP"),
            ],
            address=dns.pool.address(dns.address),
            # Local breaks the routes of Tailscale.
            traffic_policy="Cluster",
        )

    def _database(self, storage_class: Reference) -> SecretReference:
        passwords = GeneratedPassword(
            self, _DATABASE, keys=["mariadb-password", "mariadb-root-password"]
        ).secret
        HelmRelease(
            self,
            _DATABASE,
            chart=catalogue.MARIADB,
            values=_database_values(passwords, storage_class),
            timeout=Duration("10m"),
        )
        return passwords


def _database_values(passwords: SecretReference, storage_class: Reference) -> JsonObject:
    return {
        **legacy_image("mariadb"),
        "architecture": "standalone",
        "auth": {
            "existingSecret": passwords.name,
            "database": "powerdns",
            "username": "powerdns",
        },
        "primary": {
            "persistence": {"size": "2Gi", "storageClass": storage_class.name},
            "resources": bounded("100m", "256Mi", "500m", "512Mi"),
        },
    }


def _container(
    key: SecretReference, database: SecretReference, secondaries: Sequence[str]
) -> Container:
    return Container(
        port=None,
        ports={"api": _API, "dns-tcp": 53, "dns-udp": ProtocolPort.udp(53)},
        env={
            "PDNS_gmysql_host": _DATABASE,
            "PDNS_gmysql_port": "3306",
            "PDNS_gmysql_user": "powerdns",
            "PDNS_gmysql_dbname": "powerdns",
            "PDNS_gmysql_password": database.key("mariadb-password"),
            "PDNS_api": "yes",
            "PDNS_api_key": key.key("PDNS_API_KEY"),
            "PDNS_webserver": "yes",
            "PDNS_webserver_address": "0.0.0.0",  # noqa: S104  # probes and clients are outside
            "PDNS_webserver_port": str(_API),
            "PDNS_webserver_allow_from": ",".join(_PRIVATE),
            "PDNS_socket_dir": "/tmp",  # noqa: S108  # a volume of the container
            "PDNS_setuid": "",
            "PDNS_setgid": "",
            "PDNS_allow_axfr_ips": ",".join(secondaries),
            "PDNS_disable_axfr": "no",
        },
        writable={"/etc/pdns": Quantity("16Mi"), "/tmp": Quantity("16Mi")},  # noqa: S108
        probes=Probes(
            liveness=Probe(path="/", port="api", initial_delay_seconds=30),
            readiness=Probe(path="/", port="api", initial_delay_seconds=5, period_seconds=5),
        ),
        resources=Resources.of("100m", "128Mi", "500m", "512Mi"),
        exceptions=[ContainerException.capabilities("NET_BIND_SERVICE", why=_PORT_53)],
    )


_POD = PodSettings(
    security=PodSecurity(
        user=_USER,
        group=_USER,
        volume_group=_USER,
        exceptions=[
            PodException.unsafe_sysctls({"net.ipv4.tcp_mtu_probing": "1"}, why=_MTU),
        ],
    ),
    annotations={"io.cilium.proxy.denylist": "53/TCP,53/UDP"},
)
