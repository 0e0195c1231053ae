"""Certificate issuers of a cluster on AWS."""

from charts.infrastructure.cert_manager import CertManager
from kubestrata import Construct, Host
from kubestrata.constructs import ExternalSecret, Flow, Pods, RemoteKey, SecretSource
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.secret import VaultAppRole
from kubestrata.constructs.traffic import (
    LETS_ENCRYPT_STAGING,
    AcmeIssuer,
    DnsSolver,
    VaultIssuer,
)

OPENBAO_CA = RemoteKey("certificates/priv.cloud.ogenki.io/openbao", "ca")
"""The authorities that signed the server certificate of OpenBao."""
_PORT = 8200
# OpenBao's namespace with the PKI engine and the AppRole.
_NAMESPACE = "admin/pki"
_ROLE = "pki_private_issuer/sign/ogenki"


class CloudIssuers(Construct):
    """Let's Encrypt for public hosts, OpenBao for the private domain.

    The ClusterIssuers `letsencrypt-staging` and `letsencrypt-prod` use DNS challenges in Route 53,
    `openbao` signs with its PKI engine; the ExternalSecret `cert-manager-openbao-approle` has the
    secret id of its AppRole, and the CA of the server.
    """

    def __init__(self, scope: CertManager, *, email: str, openbao: Host, approle_id: str) -> None:
        super().__init__(scope, "cloud-issuers")
        zones, region = [scope.cluster.domain], scope.cluster.ask(AwsAccount).region
        solvers = [DnsSolver.route53(region=region, zones=zones)]
        self.staging = AcmeIssuer(
            self, "letsencrypt-staging", email=email, server=LETS_ENCRYPT_STAGING, solvers=solvers
        ).ref
        self.public = AcmeIssuer(self, "letsencrypt-prod", email=email, solvers=solvers).ref
        approle = ExternalSecret(self, "cert-manager-openbao-approle", source=_APPROLE).secret
        self.private = VaultIssuer(
            self,
            "openbao",
            server=f"https://{openbao}:{_PORT}",
            namespace=_NAMESPACE,
            path=_ROLE,
            login=VaultAppRole(approle_id, approle.key(_SECRET_ID)),
            ca=approle.key("ca"),
        ).ref
        pods = Pods("cert-manager-issuers", scope.controller.namespace, scope.controller.labels)
        scope.release.allow(
            Flow.to_pod_identity(),
            Flow.to_hosts("route53.amazonaws.com"),
            Flow.to_hosts(openbao, port=_PORT),
            pods=pods,
        )


_SECRET_ID = "cert_manager_approle_secret"  # noqa: S105  # the name of a key
_APPROLE = SecretSource.keys(
    {
        _SECRET_ID: RemoteKey("openbao/cloud-native-ref/approles/cert-manager", _SECRET_ID),
        "ca": OPENBAO_CA,
    }
)
