"""Records of PowerDNS for the hosts of Ingresses."""

from kubestrata import Cluster, Component, Image, Reference, ServiceReference
from kubestrata.constructs import (
    Container,
    Flow,
    PodSecurity,
    PodSettings,
    Probes,
    Resources,
    Rollout,
    Scaling,
    SecretReference,
    Workload,
)
from kubestrata.constructs.access import (
    ClusterRole,
    ClusterRoleBinding,
    Permission,
    RoleSubject,
)

_NAME = "external-dns"
_IMAGE = Image("registry.k8s.io/external-dns/external-dns:v0.15.0")
_METRICS = 7979


class IngressRecords(Component):
    """external-dns, which publishes the hosts of Ingresses as records of the cluster's domain.

    Each record has the address `target`, whatever the Ingress says: clients come from outside.
    `key` is the Secret of the API of PowerDNS at `api`, `zone` the zone, which must exist.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        api: ServiceReference,
        key: SecretReference,
        zone: Reference,
        target: str,
    ) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        self.needs(zone)
        server = api.text("http://{name}.{namespace}:{port}")
        domain = str.__str__(scope.domain)
        self.workload = Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=Container(
                port=None,
                ports={"metrics": _METRICS},
                args=[
                    "--source=ingress",
                    "--provider=pdns",
                    f"--pdns-server={server}",
                    "--pdns-api-key=$(PDNS_API_KEY)",
                    f"--domain-filter={domain}",
                    f"--txt-owner-id={_NAME}",
                    "--interval=30s",
                    "--log-level=debug",
                    f"--default-targets={target}",
                ],
                env={"PDNS_API_KEY": key.key("PDNS_API_KEY")},
                probes=Probes(liveness="/healthz", readiness="/healthz"),
                resources=_RESOURCES,
                service_account_token=True,
            ),
            pod=PodSettings(security=PodSecurity(user=1000)),
            rollout=Rollout.recreate(),
            scaling=Scaling.fixed(1),
        )
        self._grant()
        self.workload.endpoint.allow(Flow.to_kubernetes_api(), policy=f"{_NAME}-api")

    def _grant(self) -> None:
        role = ClusterRole(
            self,
            _NAME,
            permissions=[
                Permission.read("services", "endpoints", "pods", group=""),
                Permission.read("ingresses", group="networking.k8s.io"),
                Permission.of(["list", "watch"], "nodes", group=""),
            ],
        )
        account = RoleSubject.account(self.workload.service_account)
        ClusterRoleBinding(self, "external-dns-viewer", role=role.ref, subjects=[account])


_RESOURCES = Resources.of("50m", "64Mi", "100m", "128Mi")
