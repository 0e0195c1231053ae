"""Certificate authorities in every namespace."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent


class TrustManager(HelmComponent):
    """trust-manager, which reads Secrets and ConfigMaps of the namespace `trust`."""

    def __init__(self, scope: Cluster, *, namespace: Reference, trust: Reference) -> None:
        values: JsonObject = {"replicaCount": 1, "app": {"trust": {"namespace": trust.name}}}
        super().__init__(
            scope,
            "trust-manager",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.TRUST_MANAGER,
            values=values,
            # The certificate of its webhook.
            creates=["cert-manager.io"],
            flows=[Flow.to_kubernetes_api(), Flow.from_kubernetes_api(6443)],
        )
