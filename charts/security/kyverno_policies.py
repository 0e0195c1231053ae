"""Pod Security Standards in audit mode, beyond the levels that namespaces enforce."""

from charts import catalogue
from kubestrata import Cluster, Reference
from kubestrata.constructs import HelmComponent


class KyvernoPolicies(HelmComponent):
    """The Pod Security Standards as Kyverno ClusterPolicies in audit mode, by their chart."""

    def __init__(self, scope: Cluster, *, namespace: Reference, engine: Reference) -> None:
        super().__init__(
            scope,
            "kyverno-policies",
            layer="security",
            namespace=namespace,
            chart=catalogue.KYVERNO_POLICIES,
            creates=["kyverno.io"],
        )
        # Its webhooks validate policies, too.
        self.needs(engine)
        self.makes_policies()
