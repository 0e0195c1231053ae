"""Elasticsearch for Mastodon's full-text search."""

from charts.apps.mastodon.placement import MastodonPriorities
from charts.infrastructure.internal_issuers import (
    Names,
    Subject,
    Validity,
    internal_certificate,
)
from charts.resource_request import resources
from kubeapis import elastic, k8s
from kubestrata import Cluster, Component, JsonObject, Quantity, Reference, waive
from kubestrata.constructs import SecretReference

_NAME = "elasticsearch"
_SERVICE = f"{_NAME}-es-http"
_SERVER, _AUTHORITY = "mastodon-elastic-server", "mastodon-elastic-ca"
_QUARTER = Validity("2160h", "360h")


class MastodonSearch(Component):
    """One node of Elasticsearch, with a certificate of the internal issuer.

    `login` has the password of the user `elastic`, `authority` the key `ca.crt`. `url` is that of
    the Service that the operator creates.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        operator: Component,
        issuer: Reference,
        priorities: MastodonPriorities,
    ) -> None:
        super().__init__(scope, "mastodon-search", layer="platform", namespace=namespace)
        self.needs(operator)
        server = self._server_certificate(issuer)
        self.authority: SecretReference = internal_certificate(
            self,
            _AUTHORITY,
            issuer=issuer,
            names=Names(),
            subject=Subject(_AUTHORITY, is_authority=True),
            # Shorter than the certificate that signs it.
            validity=_QUARTER,
            usages=["digital signature", "key encipherment", "cert sign"],
        )
        tls = elastic.ElasticsearchSpecHttpTls(
            certificate=elastic.ElasticsearchSpecHttpTlsCertificate(secret_name=server.name)
        )
        self.resource = elastic.Elasticsearch(
            self,
            _NAME,
            spec=elastic.ElasticsearchSpec(
                version="8.18.1",
                http=elastic.ElasticsearchSpecHttp(tls=tls),
                node_sets=[_nodes(priorities)],
            ),
        )
        home = namespace.object_name
        made = Reference(self, "", "Secret", f"{_NAME}-es-elastic-user", home, self.resource)
        self.login = SecretReference(made, frozenset({"elastic"}))
        self.url = self.resource.ref.text("https://{name}-es-http")

    def _server_certificate(self, issuer: Reference) -> SecretReference:
        home = self.home_namespace.object_name
        name = f"mastodon-elastic.{home}.svc"
        names = Names.of(home, "mastodon-elastic", "elasticsearch-master", _SERVICE)
        self._waive_names()
        pooler = ["mastodon-elastic-pooler", f"mastodon-elastic-pooler.{home}.svc"]
        return internal_certificate(
            self,
            _SERVER,
            issuer=issuer,
            names=Names([*names.hosts, *pooler]),
            subject=Subject(name),
            validity=_QUARTER,
            usages=["digital signature", "key encipherment", "server auth"],
        )

    def _waive_names(self) -> None:
        home = self.home_namespace.object_name
        certificate = Reference(self, "cert-manager.io", "Certificate", _SERVER, home)
        waive(
            "R19",
            certificate,
            reason="the certificate keeps names of Services that are not in this tree",
            owner="platform",
            expires="2027-05-31",
        )


def _nodes(priorities: MastodonPriorities) -> elastic.ElasticsearchSpecNodeSets:
    # It does not tolerate the nodes of the autoscaler: its volume keeps it on one node.
    pods: JsonObject = {
        "spec": {
            "priorityClassName": priorities.critical.name,
            "containers": [
                {
                    "name": "elasticsearch",
                    "resources": resources("200m", "4Gi", "4Gi"),
                }
            ],
        }
    }
    # The operator expects this name.
    data = elastic.ElasticsearchSpecNodeSetsVolumeClaimTemplatesMetadata(name="elasticsearch-data")
    claim = k8s.PersistentVolumeClaimSpec(
        access_modes=["ReadWriteOnce"],
        resources=k8s.VolumeResourceRequirements(requests={"storage": Quantity("10Gi")}),
    )
    return elastic.ElasticsearchSpecNodeSets(
        name="default",
        count=1,
        pod_template=pods,
        volume_claim_templates=[
            elastic.ElasticsearchSpecNodeSetsVolumeClaimTemplates(metadata=data, spec=claim)
        ],
    )
