"""A user of a Kafka cluster, and its permissions."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import k8s, strimzi
from kubestrata.constructs.data.kafka import CLUSTER, Kafka
from kubestrata.constructs.data.kafka_spec import KafkaRight
from kubestrata.constructs.data.kafka_topic import check_namespace
from kubestrata.constructs.data.kafka_version import kinds_of
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct

# Keys of the Secret that Strimzi writes, by authentication method.
_KEYS = {
    "scram-sha-512": frozenset({"password", "sasl.jaas.config"}),
    "tls": frozenset({"ca.crt", "user.crt", "user.key", "user.p12", "user.password"}),
}


class KafkaUser(Construct):
    """One KafkaUser in the namespace of its cluster; Strimzi creates a Secret of the same name."""

    def __init__(
        self, scope: Construct, id: str, *, cluster: Kafka, rights: Sequence[KafkaRight]
    ) -> None:
        check_namespace(scope, cluster, f"KafkaUser {id!r}")
        super().__init__(scope, f"{id}-user")
        how = cluster.spec.authentication
        self.resource = kinds_of(component_of(scope)).user(
            self,
            id,
            metadata=k8s.ObjectMeta(labels={CLUSTER: cluster.resource.name}),
            spec=strimzi.KafkaUserSpec(
                authentication=strimzi.KafkaUserSpecAuthentication(type=how),
                authorization=strimzi.KafkaUserSpecAuthorization(
                    type="simple", acls=[_acl(right) for right in rights]
                ),
            ),
        )
        ref = self.resource.ref
        self.credentials = SecretReference(ref.makes("Secret"), _KEYS[how])


def _acl(right: KafkaRight) -> strimzi.KafkaUserSpecAuthorizationAcls:
    return strimzi.KafkaUserSpecAuthorizationAcls(
        operations=right.operations,
        resource=strimzi.KafkaUserSpecAuthorizationAclsResource(
            type=right.type, name=right.name, pattern_type=right.pattern
        ),
    )
