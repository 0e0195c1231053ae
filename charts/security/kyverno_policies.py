"""Pod security, audited: what the namespaces' levels do not enforce is reported."""

from charts import catalogue
from kubestrata import Cluster, Reference
from kubestrata.constructs import HelmComponent


class KyvernoPolicies(HelmComponent):
    """The Pod Security Standards as Kyverno's ClusterPolicies, by their chart; they only report."""

    def __init__(self, scope: Cluster, *, namespace: Reference, engine: Reference) -> None:
        super().__init__(
            scope,
            "kyverno-policies",
            layer="security",
            namespace=namespace,
            chart=catalogue.KYVERNO_POLICIES,
            creates=["kyverno.io"],
        )
        # Its webhooks judge policies, too.
        self.needs(engine)
        self.makes_policies()
