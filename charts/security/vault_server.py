"""Vault, its operator, and its user interface."""

from typing import Final

from charts import catalogue
from charts.infrastructure.internal_issuers import Names, Subject, Validity, internal_certificate
from charts.resource_request import bounded
from kubestrata import Cluster, Component, Duration, JsonObject, Quantity, Reconcile, Reference
from kubestrata.constructs import Certificate, ConfigKey, Flow, HelmComponent
from kubestrata.constructs.secret import ReflectedTo
from kubestrata.constructs.traffic import (
    Ingress,
    IngressController,
    IngressRule,
    IngressTls,
    NginxSettings,
)
from kubestrata.constructs.vault import (
    ExternalConfiguration,
    KeyValueEngine,
    RaftStorage,
    Vault,
    VaultKubernetesAuth,
    VaultListener,
    VaultOperator,
    VaultSpec,
)

_NAME = "instance"
_SERVERS: Final = 3
ENGINE = "kv"
"""The path of the key-value engine."""


class BankVaults(HelmComponent):
    """The operator of Bank-Vaults with its CRD; `offer` is for the Vaults that it runs."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(
            scope,
            "vault-operator",
            layer="security",
            namespace=namespace,
            chart=catalogue.VAULT_OPERATOR,
            values=_VALUES,
            flows=[Flow.to_kubernetes_api()],
        )
        self.offer = VaultOperator(self.release.pods, self)


_VALUES: JsonObject = {
    "fullnameOverride": "operator-vault-operator",
    "replicaCount": 1,
    "image": {"repository": "ghcr.io/bank-vaults/vault-operator", "tag": "v1.23.0"},
    "resources": bounded("100m", "128Mi", "200m", "256Mi"),
}


class VaultServer(Component):
    """Three servers of Vault with the key-value engine `kv`, reachable inside the cluster.

    `issuer` signs their certificate, which is copied to the namespaces `clients` with its
    authority. Another component adds auth roles and policies. `trusted` are the certificates of the
    login provider.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        issuer: Reference,
        storage_class: Reference,
        clients: list[Reference],
        trusted: ConfigKey,
    ) -> None:
        super().__init__(
            scope,
            "vault",
            layer="security",
            namespace=namespace,
            # Servers join one after another, and each is unsealed before the next starts.
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        certificate = internal_certificate(
            self,
            "vault-internal-tls",
            issuer=issuer,
            names=_names(namespace.object_name),
            subject=Subject(f"{_NAME}.{namespace.object_name}.svc.cluster.local"),
            validity=Validity("8760h", "720h"),
            copies=ReflectedTo(clients),
        )
        self.vault = Vault(
            self,
            _NAME,
            certificate=certificate,
            storage=RaftStorage(Quantity("10Gi"), storage_class),
            spec=VaultSpec(servers=_SERVERS, cpu_limit=Quantity("500m"), service_type="NodePort"),
            listener=VaultListener(verifies_clients=True),
            configuration=ExternalConfiguration(
                auth=[VaultKubernetesAuth()], engines=[KeyValueEngine(ENGINE)]
            ),
            trusted_ca=trusted,
        )

    @property
    def address(self) -> str:
        """Return the URL inside the cluster."""
        return self.vault.service.text("https://{name}.{namespace}.svc.cluster.local:{port}")


def _names(namespace: str) -> Names:
    ends = ("", f".{namespace}", f".{namespace}.svc", f".{namespace}.svc.cluster.local")
    services = [f"{_NAME}{end}" for end in ends]
    members = [f"{_NAME}-{number}{end}" for number in range(_SERVERS) for end in ends[2:]]
    return Names([*services, *members, "localhost"], ["127.0.0.1"])


class VaultIngress(Component):
    """The user interface of Vault at `vault` in the cluster's domain."""

    def __init__(
        self,
        scope: Cluster,
        *,
        server: VaultServer,
        controller: IngressController,
        issuer: Reference,
    ) -> None:
        home = server.home_namespace
        super().__init__(scope, "vault-ingress", layer="security", namespace=home)
        host = scope.host("vault")
        name = "vault-ingress-tls"
        certificate = Certificate(self, name, hosts=[host], issuer=issuer, secret_name=name)
        Ingress(
            self,
            "vault",
            controller=controller,
            rules=[IngressRule.all_of(host, to=server.vault.service)],
            tls=IngressTls.secret(certificate.secret),
            settings=NginxSettings(backend_protocol="HTTPS"),
        )
