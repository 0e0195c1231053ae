"""Secrets from Bitwarden Secrets Manager, through its SDK server."""

from charts import catalogue
from charts.infrastructure.internal_issuers import Names, internal_certificate
from charts.resource_request import bounded
from charts.security.external_secrets import ExternalSecretsRelease
from charts.security_context import HARDENED, restricted_pod
from kubestrata import Cluster, Component, Frozen, JsonObject, Reference
from kubestrata.constructs import Flow, SecretReference
from kubestrata.constructs.access import (
    ClusterRole,
    ClusterRoleBinding,
    Permission,
    RoleSubject,
)
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.secret import BitwardenSecretsManager, ClusterStore

SDK_SERVER = "bitwarden-sdk-server"
_PORT = 9998
_PUSH = "external-secrets-clusterpushsecret"


class BitwardenProject(Frozen):
    """A project of Bitwarden Secrets Manager, and the Secret with a token that reads it.

    The Secret exists before GitOps starts, in the namespace of External Secrets.
    """

    organization: str
    project: str
    api: str
    identity: str
    token: tuple[str, str]


class BitwardenControllers(ExternalSecretsRelease):
    """The controllers of External Secrets, and the SDK server with its certificate by `issuer`."""

    def __init__(self, scope: Cluster, *, namespace: Reference, issuer: Reference) -> None:
        super().__init__(
            scope,
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.EXTERNAL_SECRETS.at("0.20.4").without_crds(),
            values=_VALUES,
        )
        home = namespace.object_name
        full = Names.of(home, SDK_SERVER, f"external-secrets-{SDK_SERVER}", bare=False)
        within = [name for name in full.hosts if name.endswith(".local")]
        hosts = [SDK_SERVER, f"external-secrets-{SDK_SERVER}", *within, "localhost"]
        # The name is a value of the SDK server's chart.
        self.certificate: SecretReference = internal_certificate(
            self,
            "bitwarden-tls-certs",
            issuer=issuer,
            names=Names(hosts, ["127.0.0.1", "::1"]),
        )
        self.sdk = self.release.service(SDK_SERVER, _PORT)
        server = self.release.some_pods(SDK_SERVER, {"app.kubernetes.io/name": SDK_SERVER})
        self.release.allow(Flow.to_pods(server, _PORT), pods=self.controller)
        self.release.allow(Flow.from_pods(self.controller, NetworkPort(_PORT)), pods=server)
        self._reads_push_secrets()

    def _reads_push_secrets(self) -> None:
        readable = Permission.read("clusterpushsecrets", group="external-secrets.io")
        role = ClusterRole(self, _PUSH, permissions=[readable])
        account = self.release.makes("", "ServiceAccount", "external-secrets")
        ClusterRoleBinding(
            self, f"{_PUSH}-binding", role=role.ref, subjects=[RoleSubject.account(account)]
        )


class BitwardenStore(Component):
    """The ClusterSecretStore `bitwarden-backend`, for every namespace.

    Its own component: the API server accepts it once the webhook of the controllers answers.
    """

    def __init__(
        self, scope: Cluster, *, controllers: BitwardenControllers, project: BitwardenProject
    ) -> None:
        super().__init__(
            scope,
            "bitwarden-store",
            layer="infrastructure",
            namespace=controllers.home_namespace,
        )
        self.needs(controllers)
        name, key = project.token
        home = controllers.home_namespace.object_name
        token = SecretReference(Reference(self, "", "Secret", name, home), frozenset({key}))
        provider = BitwardenSecretsManager(
            organization=project.organization,
            project=project.project,
            credentials=token.key(key),
            server=controllers.sdk.url(scheme="https"),
            ca=controllers.certificate.key("ca.crt"),
            api_url=project.api,
            identity_url=project.identity,
        )
        self.store = ClusterStore(self, "bitwarden-backend", provider=provider).store


_CONTAINER: JsonObject = {
    **HARDENED,
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_HARDENED: JsonObject = {
    "replicaCount": 1,
    "priorityClassName": "system-cluster-critical",
    "securityContext": _CONTAINER,
    "podSecurityContext": restricted_pod(),
}
_VALUES: JsonObject = {
    "installCRDs": False,
    **_HARDENED,
    "concurrent": 1,
    "resources": bounded("20m", "100Mi", "80m", "100Mi"),
    "webhook": {
        **_HARDENED,
        "port": 10250,
        "failurePolicy": "Fail",
        "certCheckInterval": "5m",
        "resources": bounded("30m", "150Mi", "130m", "150Mi"),
    },
    "certController": {
        **_HARDENED,
        "requeueInterval": "5m",
        "resources": bounded("20m", "128Mi", "60m", "128Mi"),
    },
    SDK_SERVER: {
        "enabled": True,
        "securityContext": _CONTAINER,
        "podSecurityContext": restricted_pod(),
        "resources": bounded("50m", "128Mi", "200m", "256Mi"),
    },
}
